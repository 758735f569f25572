-- 500 codes in, one statement; 500 units given one each, one statement. What is stored is as long as ours, and nothing of it is encrypted.
SELECT nextval('batch') AS batch \gset
INSERT INTO code (offer_id, state, sealed, fingerprint)
SELECT 's' || :batch::bigint % 5, 0, sha256(('c' || :batch::bigint * 500 + it)::bytea) || '\x0102030405060708090a0b0c'::bytea, sha256((:batch::bigint * 500 + it)::text::bytea)
  FROM generate_series(1, 500) AS it ON CONFLICT DO NOTHING;
WITH unit AS MATERIALIZED (
  SELECT 'u' || :batch::bigint * 500 + it AS id, it AS n FROM generate_series(1, 500) AS it
), free AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) AS n FROM (
    SELECT id FROM code WHERE offer_id = 's' || :batch::bigint % 5 AND state = 0 ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED) AS x
)
UPDATE code SET state = 1, unit_id = unit.id FROM free JOIN unit USING (n) WHERE code.id = free.id;
