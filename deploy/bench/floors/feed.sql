-- 1,000 changes of one supplier: one transaction, one statement. A change of an older sequence is left out.
SELECT nextval('call') AS call \gset
WITH change AS (
  SELECT :client_id::int * 1000 + it AS id, 1000 + (:call::bigint + it) % 900 AS quantity, :call::bigint AS sequence
    FROM generate_series(0, 999) AS it
), taken AS (
  UPDATE offer o SET reported = c.quantity, sequence = c.sequence, as_of = now()
    FROM change c WHERE o.id = c.id AND o.sequence < c.sequence RETURNING o.id, o.reported, o.sequence
)
INSERT INTO log (key, type, data)
SELECT id, 'OfferState', json_build_object('offerId', id, 'reported', reported, 'sequence', sequence) FROM taken;
