import type { InventoryEvent } from '@midstream/inventory-domain';
import { check, LIMITS } from './book';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** How long after it was due a figure counts as stale, and its offer closes, by category. */
const AGES: ReadonlyMap<string, { readonly staleMs: number; readonly closedMs: number }> = new Map([
  ['video', { staleMs: 0, closedMs: 60_000 }],
  ['music', { staleMs: 60_000, closedMs: 120_000 }],
]);
const OTHERS = { staleMs: 60_000, closedMs: 60_000 };
const AGELESS = 'mobile';

/** How one offer is fed. */
interface Feed {
  /** Of its newest figure, and whether its supplier itself has told that. */
  lastAt: number;
  isTold: boolean;
  /** The last that did not come with the one before it; the usual pause between two such, and how many were like it. */
  beatAt?: number;
  usualMs: number;
  pauses: number;
  /** Since when the newest counts as stale. */
  staleAt?: number | undefined;
}

/** Follows when figures come, and holds against it what becomes of those that are overdue and that nobody has promised (protocol 9). */
export class FigureWatch {
  private readonly feeds = new Map<string, Feed>();

  constructor(private readonly categoryOf: (sku: string) => string | undefined) {}

  private feedOf(offerId: string): Feed {
    const feed = this.feeds.get(offerId) ?? { lastAt: 0, isTold: false, usualMs: 0, pauses: 0 };
    this.feeds.set(offerId, feed);
    return feed;
  }

  came({ offerId, source, everyMs }: EventOf<'StockReported'>, at: number): void {
    const feed = this.feedOf(offerId);
    feed.staleAt = undefined;
    feed.lastAt = at;
    feed.isTold = source === 'push' || source === 'poll';
    if (source === 'poll' && everyMs !== undefined) asked(feed, everyMs, at);
    else if (feed.isTold) pushed(feed, at);
  }

  /** When the next figure is late; undefined where none is owed: nobody has a rhythm who speaks when he likes. */
  private dueAt({ lastAt, isTold, usualMs, pauses }: Feed): number | undefined {
    return isTold && pauses >= LIMITS.rhythm ? lastAt + LIMITS.missed * usualMs : undefined;
  }

  private agesOf(offerId: string) {
    const category = this.categoryOf(offerId.slice(offerId.indexOf('~') + 1)) ?? '';
    return category === AGELESS ? undefined : (AGES.get(category) ?? OTHERS);
  }

  aged({ offerId, staleAt }: EventOf<'FigureAged'>, at: number): void {
    const feed = this.feedOf(offerId);
    const [due, ages] = [this.dueAt(feed), this.agesOf(offerId)];
    check(due !== undefined && ages !== undefined, '9', () => `${offerId} owes no figure, and grows stale`);
    check(feed.staleAt === undefined, '9', () => `${offerId} grows stale twice by one figure`);
    const isDue = staleAt === due + ages.staleMs && at >= staleAt;
    check(isDue, '9', () => `${offerId} is stale from ${staleAt - due} ms on after it was due, told after ${at - due} ms`);
    feed.staleAt = staleAt;
  }

  /** Whether the offer may be closed for its figure's age, and at rest is. */
  isClosing(offerId: string, at: number): boolean {
    const [due, ages] = [this.dueAt(this.feedOf(offerId)), this.agesOf(offerId)];
    return due !== undefined && ages !== undefined && at >= due + ages.closedMs;
  }

  /** The newest figure is what a refusal told, of one purchase: it opens nothing, and owes nothing. */
  isRefusal(offerId: string): boolean {
    return this.feeds.get(offerId)?.isTold === false;
  }

  staleAtOf(offerId: string): number | undefined {
    return this.feeds.get(offerId)?.staleAt;
  }
}

/** Who is asked has the rhythm of the questions, or of the answers that told anything. */
function asked(feed: Feed, everyMs: number, at: number): void {
  check(everyMs >= LIMITS.tellMs, '9', () => `a figure that is told every ${everyMs} ms costs every reader`);
  feed.usualMs = Math.max(everyMs, feed.beatAt === undefined ? 0 : at - feed.beatAt);
  feed.pauses = LIMITS.rhythm;
  feed.beatAt = at;
}

/** A rhythm is kept by pauses that are like those before: none three times as long or as short. What comes within a minute came at once. */
function pushed(feed: Feed, at: number): void {
  const { beatAt, usualMs, pauses } = feed;
  if (beatAt !== undefined && at - beatAt < LIMITS.apartMs) return;
  feed.beatAt = at;
  if (beatAt === undefined) return;
  const pauseMs = at - beatAt;
  const isLike = pauses > 0 && Math.max(pauseMs, usualMs) <= LIMITS.alike * Math.min(pauseMs, usualMs);
  feed.pauses = isLike ? pauses + 1 : 1;
  feed.usualMs = isLike ? Math.round(usualMs * 0.7 + pauseMs * 0.3) : pauseMs;
}
