import type { Client } from 'pg';
import type { Sink } from './bus';
import { point } from './fault';

type Session = Pick<Client, 'query'>;

/** What one sink works with while its relay holds the lock. All sinks share the relay's session. */
export interface Term {
  readonly client: Session;
  readonly epoch: string;
  readonly sink: Sink;
  /** Ends the term. */
  readonly lose: (error: Error) => void;
  /** @throws Error where the term has ended. */
  readonly check: () => void;
}

/** `tick` and `page`: of a stretch that is read a page at a time, its end and the last event that was published. */
interface CursorRow {
  readonly snapshot: string;
  readonly tick: string | null;
  readonly page: string;
}

/** How many transactions without events for a sink may pass before its snapshot is saved all the same. */
const UNSAVED_XIDS_MAX = 10_000;
const SAVE_EVERY_MS = 250;

const xmaxOf = (snapshot: string): number => Number(snapshot.split(':')[1]);

class Fenced extends Error {}

/** A new term: what the one before still wants to save is refused. Cursors of a bus that is not used any more go: they would hold the log for ever. */
export async function takeOffice(client: Session, sinks: readonly Sink[]): Promise<string> {
  const cursors = ['office', ...sinks.map((it) => it.cursor)];
  await client.query('BEGIN');
  await client.query(`INSERT INTO relay (cursor) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING`, [cursors]);
  await client.query(`DELETE FROM relay WHERE NOT cursor = ANY($1)`, [cursors]);
  const { rows } = await client.query<{ epoch: string }>(
    `UPDATE relay SET epoch = (SELECT max(epoch) + 1 FROM relay) WHERE cursor = ANY($1) RETURNING epoch`,
    [cursors],
  );
  point('relay:before-office');
  await client.query('COMMIT');
  point('relay:after-office');
  return rows[0]?.epoch ?? '0';
}

/**
 * How far a sink is. Nothing is lost where that is not saved, what came after is only published again: so it is saved now and then, and
 * not waited for.
 */
export class Place {
  private unsaved = false;
  private savedAt = 0;
  private savedXmax: number;

  private constructor(
    private readonly term: Term,
    public cursor: CursorRow,
  ) {
    this.savedXmax = xmaxOf(cursor.snapshot);
  }

  static async of(term: Term): Promise<Place> {
    const { rows } = await term.client.query<CursorRow>('SELECT snapshot, tick, page FROM relay WHERE cursor = $1', [term.sink.cursor]);
    const [cursor] = rows;
    if (cursor === undefined) throw new Fenced(`the cursor ${term.sink.cursor} is gone`);
    point('relay:after-cursor');
    return new Place(term, cursor);
  }

  /** Past a page of a longer stretch. */
  turn(page: string, tick: string): void {
    this.cursor = { snapshot: this.cursor.snapshot, tick, page };
    this.unsaved = true;
    this.settle();
  }

  /**
   * Past all that `snapshot` holds. Where none of it was for this sink that is not saved, since saving is a write; only what a relay that
   * starts would look back over must not grow for ever.
   */
  reach(snapshot: string, published: number): void {
    this.unsaved ||= published > 0 || this.cursor.tick !== null || xmaxOf(snapshot) - this.savedXmax > UNSAVED_XIDS_MAX;
    this.cursor = { snapshot, tick: null, page: '0' };
    this.settle();
  }

  private settle(): void {
    if (Date.now() - this.savedAt >= SAVE_EVERY_MS) void this.save().catch(this.term.lose);
  }

  async save(): Promise<void> {
    if (!this.unsaved) return;
    this.unsaved = false;
    this.savedAt = Date.now();
    const { client, sink, epoch } = this.term;
    const { snapshot, tick, page } = this.cursor;
    this.savedXmax = xmaxOf(snapshot);
    const { rowCount } = await client.query({
      name: 'save',
      text: 'UPDATE relay SET snapshot = $1, tick = $2, page = $3 WHERE cursor = $4 AND epoch = $5',
      values: [snapshot, tick, page, sink.cursor, epoch],
    });
    if (rowCount !== 1) throw new Fenced('another relay has taken over');
    point('relay:after-save');
  }
}
