import type { Loop } from '@midstream/runtime';

const EVERY_MS = 20_000;
const BATCH = 500;

/** Closes offers whose feed has promised to report by now and has not. Each is looked at again under its lock, by the database's clock. */
export const freshnessLoop: Loop = {
  name: 'freshness',
  everyMs: EVERY_MS,
  async run({ database, handle }) {
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT id FROM offer WHERE fresh_until < clock_timestamp() ORDER BY fresh_until LIMIT ${BATCH}`,
    );
    await Promise.all(rows.map(({ id }) => handle({ type: 'CloseStale', offerId: id } as { type: string })));
    return rows.length === BATCH;
  },
};
