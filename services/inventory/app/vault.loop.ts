import { byteaArray, type Database, type Loop } from '@midstream/runtime';
import { House } from './house';
import { KmsProblem, type Wrapped } from './kms/kms';

const CODES_AT_ONCE = 500;
const KEYS_AT_ONCE = 50;
/** Who changes a vault tells of it; this is for those who died in between. */
const UNTOLD_MS = 5_000;

/** What nobody asks for: codes that expire are written off, totals that were never told are told, and keys are rotated while that is wanted. */
export const vaultLoop: Loop = {
  name: 'vault',
  everyMs: 2_000,
  async run({ database, handle }) {
    // Before anything is counted: a vault that cannot be counted keeps no key from being changed
    const rotated = await rotate(database, House.of(database));
    const expired = await expire(database);
    for (const { offer_id: offerId, stocked, expired: gone, withdrawn, twins } of await untold(database, expired)) {
      const totals = { stocked: Number(stocked), expired: Number(gone), withdrawn: Number(withdrawn), twins: Number(twins) };
      await handle({ type: 'CountVault', offerId, ...totals } as { readonly type: string });
      await database.query(`UPDATE vault_total SET told = $2 WHERE offer_id = $1`, [offerId, Number(stocked) + Number(gone)]);
    }
    return rotated || expired.length > 0;
  },
};

/**
 * The offers whose codes are no longer sold: they have come near their expiry, or have passed it where an older version brought them, which
 * knew no other end; or another good has them, too (`twins.loop.ts`). What a unit has been given expires in the buyer's hands.
 */
async function expire(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ offer_id: string }>(
    `WITH lapsed AS MATERIALIZED (
            SELECT id FROM code WHERE state = 'free' AND sell_until < 'infinity' AND sell_until <= clock_timestamp()
             ORDER BY sell_until LIMIT $1 FOR UPDATE SKIP LOCKED),
          late AS MATERIALIZED (
            SELECT id FROM code WHERE state = 'free' AND expires_at < 'infinity' AND expires_at <= clock_timestamp()
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED),
          gone AS (UPDATE code SET state = 'expired' WHERE id IN (SELECT id FROM lapsed UNION SELECT id FROM late) RETURNING offer_id, expires_at, twin_of),
          n AS MATERIALIZED (
            SELECT offer_id, count(*) AS n, count(*) FILTER (WHERE twin_of IS NULL AND expires_at > clock_timestamp()) AS early, count(twin_of) AS twins
              FROM gone GROUP BY offer_id ORDER BY offer_id)
     UPDATE vault_total t SET expired = t.expired + n.n, withdrawn = t.withdrawn + n.early, twins = t.twins + n.twins, changed_at = clock_timestamp()
       FROM n WHERE t.offer_id = n.offer_id RETURNING t.offer_id`,
    [CODES_AT_ONCE],
  );
  return rows.map((it) => it.offer_id);
}

interface Total {
  readonly offer_id: string;
  readonly stocked: string;
  readonly expired: string;
  readonly withdrawn: string;
  readonly twins: string;
}

async function untold(database: Database, now: readonly string[]): Promise<Total[]> {
  const { rows } = await database.query<Total>(
    `SELECT offer_id, stocked, expired, withdrawn, twins FROM vault_total WHERE offer_id = ANY($1)
      UNION
     SELECT offer_id, stocked, expired, withdrawn, twins FROM (
       SELECT offer_id, stocked, expired, withdrawn, twins FROM vault_total
        WHERE stocked + expired <> told AND changed_at < clock_timestamp() - make_interval(secs => $2) ORDER BY changed_at LIMIT 100) AS late`,
    [now, UNTOLD_MS / 1_000],
  );
  return rows;
}

interface KeyRow {
  readonly id: string;
  readonly kek_id: string;
  readonly wrapped: Buffer;
}

/** Some of what is left, where a rotation is wanted. Any replica may; codes go on being opened meanwhile, since a data key stays what it is. */
async function rotate(database: Database, house: House): Promise<boolean> {
  const { rows } = await database.query<{ wanted: boolean }>(`SELECT wanted FROM key_rotation WHERE wanted`);
  if (rows.length === 0) return false;
  try {
    const done =
      (await rewrap(database, house)) || (await sealAnew(database, house, CODE_ROWS)) || (await sealAnew(database, house, TOKEN_ROWS));
    await database.query(
      `UPDATE key_rotation SET done = done + $1, wanted = $1 > 0, error = NULL, ended_at = CASE WHEN $1 = 0 THEN clock_timestamp() END WHERE wanted`,
      [done],
    );
    return done > 0;
  } catch (error) {
    const words = error instanceof KmsProblem ? error.message : 'a row did not open';
    await database.query(`UPDATE key_rotation SET error = $1 WHERE wanted`, [words.slice(0, 300)]);
    return false;
  }
}

async function rewrap(database: Database, { keys }: House): Promise<number> {
  const newest = await keys.kms.current.newest();
  const { rows } = await database.query<KeyRow>(
    `SELECT id, kek_id, wrapped FROM data_key WHERE kek_id <> $1 ORDER BY kek_id, id LIMIT $2`,
    [newest, KEYS_AT_ONCE],
  );
  const anew: Wrapped[] = [];
  for (const { id, kek_id: kekId, wrapped } of rows) anew.push(await keys.rewrap({ id, kekId, wrapped }));
  await database.query(
    `UPDATE data_key k SET kek_id = n.kek_id, wrapped = n.wrapped, wrapped_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS n(id, old, kek_id, wrapped) WHERE k.id = n.id AND k.kek_id = n.old`,
    [rows.map((it) => it.id), rows.map((it) => it.kek_id), anew.map((it) => it.kekId), byteaArray(anew.map((it) => it.wrapped))],
  );
  return rows.length;
}

/** Rows from before there were data keys: where they lie, and what they are bound to. */
const CODE_ROWS = { table: 'code', id: 'id::text', bound: `ARRAY['code', sku, id::text]` } as const;
const TOKEN_ROWS = { table: 'supplier_token', id: 'supplier_id', bound: `ARRAY['supplier', supplier_id]` } as const;

async function sealAnew(database: Database, { keys }: House, { table, id, bound }: typeof CODE_ROWS | typeof TOKEN_ROWS): Promise<number> {
  const { rows } = await database.query<{ id: string; key_id: string; sealed: Buffer; bound: string[] }>(
    `SELECT ${id} AS id, key_id, sealed, ${bound} AS bound FROM ${table} WHERE length(key_id) < 36 ORDER BY ${id} LIMIT $1`,
    [CODES_AT_ONCE],
  );
  if (rows.length === 0) return 0;
  const key = await keys.ownFor(table === 'code' ? 'sent' : 'token', rows.length);
  const anew: Buffer[] = [];
  for (const it of rows) anew.push(keys.seal(key, await keys.open({ keyId: it.key_id, sealed: it.sealed }, it.bound), it.bound).sealed);
  await database.query(
    `UPDATE ${table} t SET key_id = $1, sealed = n.sealed FROM unnest($2::text[], $3::text[], $4::bytea[]) AS n(id, old, sealed)
      WHERE t.${id} = n.id AND t.key_id = n.old`,
    [key.id, rows.map((it) => it.id), rows.map((it) => it.key_id), byteaArray(anew)],
  );
  return rows.length;
}
