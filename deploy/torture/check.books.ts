import { asViolations, findAll, type Found, type Sale, type SealedCode, type Violation, type Witness } from './check';
import type { Databases } from './databases';

interface Purchase {
  readonly id: string;
  readonly kind: string;
  readonly bought: number;
  readonly invalid: number;
}

interface Code extends SealedCode {
  readonly state: string;
  readonly unitId: string | null;
  readonly purchaseId: string | null;
}

/** Purchases and codes, held against what the suppliers themselves say they have sold. */
export async function checkBooks(databases: Databases, { sales, open }: Witness): Promise<Violation[]> {
  const purchases = await databases.query<Purchase>('inventory', PURCHASES);
  const codes = await databases.query<Code>('inventory', CODES);
  return [
    ...asViolations('books/sales', unsold(purchases, sales)),
    ...asViolations('codes/opened', opened(codes, sales, open)),
    ...(await findAll(databases, 'inventory', {
      'books/purchases': NOT_SETTLED,
      'books/holds': HOLDS_ASTRAY,
      'books/stock': STOCK_ASTRAY,
      'books/quarantine': KEPT_BACK,
      'codes/units': UNITS_WITHOUT_CODE,
      'codes/astray': CODES_ASTRAY,
    })),
  ];
}

const PURCHASES = `SELECT p.id, o.state ->> 'kind' AS kind, p.bought,
    (SELECT count(*)::int FROM code c WHERE c.purchase_id = p.id AND c.state = 'invalid') AS invalid
  FROM purchase p JOIN offer o ON o.id = p.offer_id`;

/** A double purchase shows here, whatever we believe; and a sale that we have forgotten. */
function unsold(purchases: readonly Purchase[], sales: readonly Sale[]): Found[] {
  const sold = new Map(sales.map((it) => [it.idempotencyKey, it]));
  const wrong = purchases
    .filter((it) => it.kind !== 'vault')
    .flatMap(({ id, bought, invalid }) => {
      const units = sold.get(id)?.units.length ?? 0;
      sold.delete(id);
      return units === bought + invalid
        ? []
        : [{ where: id, what: `the supplier has sold ${units} units; ${bought} are bought and ${invalid} came invalid` }];
    });
  return [
    ...wrong,
    ...[...sold].map(([where, it]) => ({ where, what: `${it.supplierId} has sold ${it.units.length} units that nobody has bought` })),
  ];
}

const NOT_SETTLED = `SELECT id AS where, format('the purchase is %s: %s of %s bought, %s failed', status, bought, state ->> 'quantity', state ->> 'failed') AS what FROM purchase
  WHERE status NOT IN ('fulfilled', 'rejected', 'failed') OR bought + (state ->> 'failed')::int <> (state ->> 'quantity')::int
     OR bought <> delivered + kept + quarantined + written_off OR bought <> (state ->> 'bought')::int`;

/** Summed once: asked of each hold, the purchases of half an hour's torture took more than a minute. */
const HOLDS_ASTRAY = `WITH p AS MATERIALIZED (SELECT state ->> 'holdId' AS id, sum(delivered) AS delivered FROM purchase GROUP BY 1)
  SELECT h.id AS where, format('the hold has delivered %s units, its purchases %s', h.delivered, coalesce(p.delivered, 0)) AS what
    FROM hold h LEFT JOIN p USING (id) WHERE h.delivered <> coalesce(p.delivered, 0)`;

/** What was kept is in a vault: the one that it came from, or the hub's own, which has nothing else. */
const STOCK_ASTRAY = `SELECT offer_id AS where, format('%s codes were kept for it, and it has stocked %s again', kept, again) AS what FROM (
    SELECT v.offer_id, coalesce(k.kept, 0) AS kept, v.again FROM (
      SELECT offer_id, sum(stocked) - count(*) FILTER (WHERE NOT starts_with(offer_id, 'hub~')) AS again FROM code
       WHERE state <> 'invalid' AND offer_id IN (SELECT id FROM offer WHERE state ->> 'kind' = 'vault') GROUP BY offer_id) v
    FULL JOIN (
      SELECT CASE WHEN o.state ->> 'kind' = 'vault' THEN o.id ELSE 'hub~' || o.sku END AS offer_id, sum(p.kept) AS kept
        FROM purchase p JOIN offer o ON o.id = p.offer_id WHERE p.kept > 0 GROUP BY 1) k USING (offer_id)) s
 WHERE kept IS DISTINCT FROM again`;

/** protocol 14: after an unban, what was quarantined is the hub's stock. */
const KEPT_BACK = `SELECT p.id AS where, format('%s codes of %s are quarantined, and no ban is in force', p.quarantined, p.state ->> 'sku') AS what
  FROM purchase p JOIN hold h ON h.id = p.state ->> 'holdId' LEFT JOIN verdict v ON v.id = p.state ->> 'sku'
 WHERE p.quarantined > 0 AND NOT EXISTS (
   SELECT 1 FROM jsonb_array_elements(v.state -> 'verdicts') s
    WHERE s ->> 'status' = 'banned' AND (s ->> 'region' = '*' OR h.region = s ->> 'region' OR starts_with(h.region, (s ->> 'region') || '-')))`;

const CODES = `SELECT c.id, c.sku, c.state, c.unit_id AS "unitId", c.purchase_id AS "purchaseId", c.key_id AS "keyId", c.sealed, k.kek_id AS "kekId", k.wrapped
  FROM code c LEFT JOIN data_key k ON k.id::text = c.key_id WHERE c.state IN ('assigned', 'invalid', 'quarantined')`;

const UNITS_WITHOUT_CODE = `SELECT d.id AS where, format('the delivered unit has %s codes', count(c.id)) AS what
  FROM delivery d LEFT JOIN code c ON c.unit_id = d.id AND c.state = 'assigned' AND c.sku = d.sku AND c.purchase_id = d.purchase_id
 WHERE d.kind = 'code' GROUP BY d.id HAVING count(c.id) <> 1`;

/** A code that is given to a unit was delivered; a quarantined one is counted by its purchase. */
const CODES_ASTRAY = `SELECT c.id::text AS where, format('is assigned to %s, which was not delivered', c.unit_id) AS what
    FROM code c LEFT JOIN delivery d ON d.id = c.unit_id WHERE c.state = 'assigned' AND d.id IS NULL
  UNION ALL
  SELECT p.id, format('%s of its codes are quarantined, it counts %s', count(c.id), p.quarantined)
    FROM purchase p LEFT JOIN code c ON c.purchase_id = p.id AND c.state = 'quarantined' GROUP BY p.id, p.quarantined HAVING count(c.id) <> p.quarantined`;

/** Opens every code that was given out: it is the one that its supplier sold for this very unit, and nobody else has it. */
function opened(codes: readonly Code[], sales: readonly Sale[], open: Witness['open']): Found[] {
  const sold = new Map(sales.map((it) => [it.idempotencyKey, it.units]));
  const owners = new Map<string, string>();
  return codes.flatMap(({ id, sku, state, unitId, purchaseId, ...sealed }): Found[] => {
    let code: string;
    try {
      code = open({ id, sku, ...sealed });
    } catch (error) {
      return [{ where: id, what: `does not open: ${String(error)}` }];
    }
    const unit = sold.get(purchaseId ?? '')?.[Number(unitId?.split('/').at(-1)) - 1];
    if (unit !== undefined && unit.code !== code) return [{ where: id, what: `is not the code that was sold for ${unitId}` }];
    if (state !== 'assigned') return [];
    const owner = owners.get(`${sku}\n${code}`);
    owners.set(`${sku}\n${code}`, unitId ?? '');
    return owner === undefined ? [] : [{ where: id, what: `${unitId} has the same code as ${owner}` }];
  });
}
