-- Lines that are held at one offer: of each its order's row and its hold. The log, and a counter for each of the two offers.
CREATE TABLE orders (
  id       bigint PRIMARY KEY,
  status   text   NOT NULL,
  offer_id int    NOT NULL,
  version  int    NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE hold (
  id       bigint PRIMARY KEY,
  order_id bigint NOT NULL,
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
CREATE TABLE offer (id int PRIMARY KEY, held bigint NOT NULL) WITH (fillfactor = 20);
CREATE SEQUENCE batch;
INSERT INTO offer VALUES (1, 0), (2, 0);
