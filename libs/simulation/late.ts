import type { RowKey } from '@midstream/kernel';
import type { Agenda } from './agenda';

interface Late<Event> {
  readonly keys: readonly RowKey[];
  readonly events: readonly Event[];
}

/**
 * Transactions that have drawn the ids of their events and locked their rows, and are not committed. The relay does not see what they say;
 * others with later ids overtake them; and whoever wants their rows waits. So only their log need be late: the rest nobody can see.
 */
export class LateCommits<Event> {
  private readonly open: Late<Event>[] = [];

  constructor(
    private readonly agenda: Agenda,
    private readonly log: (events: readonly Event[]) => void,
  ) {}

  add(keys: readonly RowKey[], events: readonly Event[], lateMs: number): void {
    const late = { keys, events };
    this.open.push(late);
    this.agenda.after(lateMs, () => this.end(late));
  }

  /** Ends those that have a lock which is in the way of these. */
  waitFor(keys: readonly RowKey[]): void {
    if (this.open.length === 0) return;
    const modes = new Map<string, RowKey['mode']>();
    for (const it of keys) if (it.mode !== 'share' || !modes.has(nameOf(it))) modes.set(nameOf(it), it.mode);
    const isInTheWay = (it: RowKey): boolean => modes.has(nameOf(it)) && (it.mode !== 'share' || modes.get(nameOf(it)) !== 'share');
    for (const it of [...this.open]) if (it.keys.some(isInTheWay)) this.end(it);
  }

  endAll(): void {
    for (const it of [...this.open]) this.end(it);
  }

  private end(late: Late<Event>): void {
    const place = this.open.indexOf(late);
    if (place < 0) return;
    this.open.splice(place, 1);
    this.log(late.events);
  }
}

const nameOf = ({ kind, id }: RowKey): string => `${kind}/${id}`;
