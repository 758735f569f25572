-- 500 lines, a fifth at each of five offers: one transaction, one statement. The counters come last, in the order of their ids, so that
-- batches of several clients wait for each other as late as they can, and never in a ring.
SELECT nextval('batch') AS batch \gset
WITH line AS (
  SELECT :batch::bigint * 500 + it AS id, 1 + it % 5 AS offer_id FROM generate_series(1, 500) AS it
), held AS (
  INSERT INTO hold (line_id, offer_id, units) SELECT id, offer_id, 1 FROM line RETURNING id, line_id, offer_id, units
), told AS (
  INSERT INTO log (key, type, data)
  SELECT line_id, 'OfferHeld', json_build_object('lineId', line_id, 'holdId', id, 'offerId', offer_id, 'units', units) FROM held RETURNING 1
), taken AS (
  SELECT offer_id, sum(units) AS units, (SELECT count(*) FROM told) AS told FROM held GROUP BY offer_id
), locked AS (
  SELECT o.id, t.units FROM offer o JOIN taken t ON t.offer_id = o.id WHERE o.available >= t.units ORDER BY o.id FOR UPDATE OF o
)
UPDATE offer o SET available = available - l.units, held = held + l.units FROM locked l WHERE o.id = l.id;
