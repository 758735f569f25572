-- What an order needs at the least: itself, a line, its money twice, a hold, a row of the log, and the stock that it takes.
CREATE TABLE orders (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  merchant_id int         NOT NULL,
  placed_at   timestamptz NOT NULL DEFAULT now(),
  status      text        NOT NULL DEFAULT 'running'
);
CREATE TABLE line (
  order_id    bigint NOT NULL,
  line_id     int    NOT NULL,
  sku         int    NOT NULL,
  quantity    int    NOT NULL,
  price_minor int    NOT NULL,
  PRIMARY KEY (order_id, line_id)
);
CREATE TABLE ledger_entry (
  n            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id     bigint NOT NULL,
  account      text   NOT NULL,
  amount_minor bigint NOT NULL
);
CREATE TABLE offer (id int PRIMARY KEY, available int NOT NULL CHECK (available >= 0), held int NOT NULL) WITH (fillfactor = 20);
CREATE TABLE hold (
  order_id bigint NOT NULL,
  line_id  int    NOT NULL,
  offer_id int    NOT NULL,
  units    int    NOT NULL,
  PRIMARY KEY (order_id, line_id)
);
CREATE TABLE log (
  id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at   timestamptz NOT NULL DEFAULT now(),
  key  bigint      NOT NULL,
  type text        NOT NULL,
  data json        NOT NULL
);
INSERT INTO offer SELECT it, 100000000, 0 FROM generate_series(1, 20) AS it;
