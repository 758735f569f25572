import type { InventoryCommand } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { Database, Loop } from '@midstream/runtime';

/** Before the deadline, once: what is open by then is told of as due soon. */
export const REMIND_BEFORE_MS = 30 * 60_000;
const EVERY_MS = 5_000;
const BATCH = 100;

interface Due {
  readonly id: string;
  readonly hold_id: string;
  readonly sku: string;
  readonly late: boolean;
}

/**
 * Reminds of work by hand half an hour before its deadline, and again after it. The fact is told once, by the domain; here is noted that it was,
 * after it: who dies in between tells it again, and is not heard.
 */
export const reminderLoop: Loop = {
  name: 'work-items',
  everyMs: EVERY_MS,
  async run({ database, handle }) {
    const due = await dueItems(database);
    for (const { id: purchaseId, hold_id: holdId, sku, late } of due) {
      const command: Untimed<InventoryCommand> = { type: 'RemindWork', purchaseId, holdId, sku, about: late ? 'late' : 'due-soon' };
      await handle(command);
    }
    await database.query(
      `UPDATE work_item w SET reminded_at = coalesce(w.reminded_at, clock_timestamp()), late_told_at = CASE WHEN d.late THEN clock_timestamp() END
         FROM unnest($1::text[], $2::boolean[]) AS d(id, late) WHERE w.id = d.id`,
      [due.map((it) => it.id), due.map((it) => it.late)],
    );
    return due.length === BATCH;
  },
};

/** Those of which it was not told yet, the most urgent first. */
async function dueItems(database: Database): Promise<Due[]> {
  const { rows } = await database.query<Due>(
    `SELECT id, hold_id, sku, due_at <= clock_timestamp() AS late FROM work_item
      WHERE status = 'open' AND late_told_at IS NULL AND due_at <= clock_timestamp() + make_interval(secs => $1)
        AND (reminded_at IS NULL OR due_at <= clock_timestamp())
      ORDER BY due_at LIMIT $2`,
    [REMIND_BEFORE_MS / 1000, BATCH],
  );
  return rows;
}
