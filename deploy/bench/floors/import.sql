-- 500 codes in, one statement: what an import comes to, without reading, checking or encrypting anything.
SELECT nextval('batch') AS batch \gset
INSERT INTO code (offer_id, state, sealed, fingerprint)
SELECT 's0', 0, sha256(('c' || :batch::bigint * 500 + it)::bytea) || '\x0102030405060708090a0b0c'::bytea, sha256((:batch::bigint * 500 + it)::text::bytea)
  FROM generate_series(1, 500) AS it ON CONFLICT DO NOTHING;
