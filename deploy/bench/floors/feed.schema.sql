-- What a thousand offers of each supplier have, and a row of the log for each change.
CREATE TABLE offer (
  id          int PRIMARY KEY,
  supplier_id int    NOT NULL,
  reported    int    NOT NULL CHECK (reported >= 0),
  sequence    bigint NOT NULL,
  as_of       timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE log (
  id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at   timestamptz NOT NULL DEFAULT now(),
  key  int         NOT NULL,
  type text        NOT NULL,
  data json        NOT NULL
);
CREATE SEQUENCE call;
INSERT INTO offer SELECT it, it / 1000, 0, 0, now() FROM generate_series(0, 63999) AS it;
