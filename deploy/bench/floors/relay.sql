-- A page of the log as the relay reads it, along its primary order, by one session after the other: what is read in order has one reader.
SELECT nextval('page') AS page \gset
SELECT id, topic, key, type, event_id, at, traceparent, data FROM event
 WHERE id > (:page::bigint - 1) * 500 AND id <= :page::bigint * 500 ORDER BY id;
