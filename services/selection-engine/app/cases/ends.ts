import { Commands, Database, type Loop } from '@midstream/runtime';
import type { EndedLine, OfferBook, SelectionCommand } from '@midstream/selection-engine-domain';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

const EVERY_MS = 1_000;
/** Lines in one statement. */
const WRITTEN_MAX = 500;

const keepers = new WeakMap<Database, EndedLines>();

/**
 * Writes down the lines that ended, as the book has heard: one row a line, by the hundred, and none within an order's own transactions. A
 * replica that is killed forgets the ends of its last second; one that is stopped, none.
 */
@Injectable()
export class EndedLines implements OnApplicationShutdown {
  constructor(
    private readonly commands: Commands<SelectionCommand>,
    private readonly database: Database,
  ) {
    keepers.set(database, this);
  }

  /** Says how many it has written. A line that is told of again has its row already. */
  async write(): Promise<number> {
    const { ended } = this.commands.view<OfferBook>();
    const lines = [...ended].slice(0, WRITTEN_MAX);
    if (lines.length === 0) return 0;
    await this.database.query(
      `INSERT INTO line_end (order_id, line_id, ordered, delivered)
       SELECT order_id, line_id, ordered, delivered
         FROM json_to_recordset($1::json) AS s(order_id text, line_id text, ordered int, delivered int)
           ON CONFLICT DO NOTHING`,
      [JSON.stringify(lines.map(([, it]) => rowOf(it)))],
    );
    for (const [key, it] of lines) if (ended.get(key) === it) ended.delete(key);
    return lines.length;
  }

  /** Nothing more is heard by now. Where the database is away, statistics are no reason to wait for it. */
  async onApplicationShutdown(): Promise<void> {
    try {
      while ((await this.write()) > 0);
    } catch {
      return;
    }
  }
}

export const endsLoop = (): Loop => ({
  name: 'ends',
  everyMs: EVERY_MS,
  run: async ({ database }) => (await keepers.get(database)?.write()) === WRITTEN_MAX,
});

const rowOf = ({ orderId, lineId, ordered, delivered }: EndedLine) => ({ order_id: orderId, line_id: lineId, ordered, delivered });
