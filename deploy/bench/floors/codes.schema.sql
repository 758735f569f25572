-- A card code is a row; which code it is, and which unit has it, are unique: what keeps a code from being sold twice.
CREATE TABLE code (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  offer_id    text  NOT NULL,
  state       int   NOT NULL,
  unit_id     text  UNIQUE,
  sealed      bytea NOT NULL,
  fingerprint bytea NOT NULL UNIQUE
);
CREATE INDEX code_free ON code (offer_id, id) WHERE state = 0;
CREATE SEQUENCE batch;
