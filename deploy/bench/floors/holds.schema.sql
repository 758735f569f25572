-- A hold, an answered attempt and a row of the log for each line; what five offers have left.
CREATE TABLE offer (id int PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0), held bigint NOT NULL) WITH (fillfactor = 20);
CREATE TABLE hold (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  line_id  bigint NOT NULL,
  offer_id int    NOT NULL,
  units    int    NOT NULL
);
CREATE TABLE log (
  id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at   timestamptz NOT NULL DEFAULT now(),
  key  bigint      NOT NULL,
  type text        NOT NULL,
  data json        NOT NULL
);
CREATE SEQUENCE batch;
INSERT INTO offer SELECT it, 1000000000000, 0 FROM generate_series(1, 5) AS it;
