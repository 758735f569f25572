-- 500 lines lose their hold and get another one: one transaction, one statement. The counters come last, so that batches of several
-- clients wait for each other as late as they can.
SELECT nextval('batch') AS batch \gset
WITH gone AS (
  DELETE FROM hold WHERE id > (:batch::bigint - 1) * 500 AND id <= :batch::bigint * 500 RETURNING id, order_id, units
), fresh AS (
  INSERT INTO hold (id, order_id, offer_id, units) SELECT id + 1000000000, order_id, 2, units FROM gone RETURNING id, order_id
), moved AS (
  UPDATE orders o SET status = 'held', offer_id = 2, version = o.version + 1 FROM gone WHERE o.id = gone.order_id RETURNING 1
), told AS (
  INSERT INTO log (key, type, data)
  SELECT order_id, 'HoldLost', json_build_object('orderId', order_id, 'holdId', id, 'reason', 'out-of-stock', 'lost', units) FROM gone
  UNION ALL
  SELECT order_id, 'LineAssigned', json_build_object('orderId', order_id, 'holdId', id, 'offerId', 2, 'replaces', 1) FROM fresh
  RETURNING 1
), counted AS (
  SELECT (SELECT count(*) FROM moved) AS lines, (SELECT count(*) FROM told) AS facts
)
UPDATE offer SET held = held + CASE id WHEN 1 THEN -counted.lines ELSE counted.facts - counted.lines END FROM counted;
