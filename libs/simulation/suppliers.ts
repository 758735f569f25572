/** How a supplier behaves for a while. */
export const MOODS = [
  'dry', // refuses, whatever it reported
  'late', // sells, and its answer is lost
  'deaf', // the request is lost on the way
  'slow', // the request comes to it minutes later
  'silent', // sells, and answers nothing at all until the mood is over
  'accepts', // takes the purchase, and delivers when asked again
  'partial', // sells less than was asked for
  'invalid', // sends codes that are none, or that it has sent before
  'error', // sells, and answers 500
  'garbage', // sells, and answers something about something else
  'busy', // 429
  'broke', // we have no balance there
  'dear', // its price has risen
  'twice', // sells again when asked, under one key
] as const;
export type Mood = (typeof MOODS)[number] | 'honest';

export interface Ordered {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  readonly kind: 'code' | 'top-up';
  readonly recipient?: string;
  /** What a unit is to be worth, where the buyer says so. */
  readonly faceValueMinor?: number;
}

/** What the supplier's own books say of one purchase. */
export interface Sale {
  readonly ordered: Ordered;
  units: readonly { readonly kind: 'code' | 'top-up'; readonly code?: string }[];
  /** Units that are worth their money. */
  good: number;
  status: 'fulfilled' | 'partial' | 'accepted' | 'refused';
  refusal?: string;
  costMinor: number;
  /** Sold again under the same key: out of our hands, and seen in the books. */
  soldAgain: boolean;
}

export interface Shelf {
  /** What is really there, and what it really costs. */
  truth: number;
  costMinor: number;
  sequence: number;
  mood: Mood;
  moodUntil: number;
}

/** An answer on the wire; none where nothing comes back. */
export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** All suppliers over HTTP, by the protocol that services/sandbox-supplier/PROTOCOL.md describes; with their own books. */
export class Suppliers {
  readonly shelves = new Map<string, Shelf>();
  readonly sales = new Map<string, Sale>();
  /** How often a purchase was sent, by its id: once, ever. */
  readonly calls = new Map<string, number>();
  private codes = 0;
  private readonly closed = new Set<string>();

  shelfOf(offerId: string): Shelf {
    const shelf = this.shelves.get(offerId);
    if (shelf === undefined) throw new Error(`no supplier has ${offerId}`);
    return shelf;
  }

  moodOf(offerId: string, now: number): Mood {
    const { mood, moodUntil } = this.shelfOf(offerId);
    return now < moodUntil ? mood : 'honest';
  }

  newCode(sku: string): string {
    return `${sku}#${(this.codes += 1)}`;
  }

  /** A purchase arrives. Under a key that it knows, the supplier answers what it answered before. */
  buy(ordered: Ordered, mood: Mood): WireAnswer {
    const known = this.sales.get(ordered.purchaseId);
    if (known !== undefined) return this.tell(known);
    if (this.closed.has(ordered.purchaseId)) return refusal(409, 'key-closed');
    if (mood === 'busy') return refusal(429, 'rate-limited');
    const sale = this.sell(ordered, mood);
    this.sales.set(ordered.purchaseId, sale);
    return this.tell(sale);
  }

  /** What came of it? Of a purchase that never came nothing ever will. */
  ask(purchaseId: string, sku: string, mood: Mood): WireAnswer {
    const sale = this.sales.get(purchaseId);
    if (sale === undefined) {
      this.closed.add(purchaseId);
      return refusal(404, 'not-found');
    }
    if (mood === 'twice' && sale.status === 'fulfilled' && !sale.soldAgain) {
      sale.soldAgain = true;
      sale.units = sale.units.map((it) => (it.kind === 'code' ? { kind: 'code', code: this.newCode(sku) } : it));
    }
    if (sale.status === 'accepted' && mood !== 'accepts') this.complete(sale, mood);
    return this.tell(sale);
  }

  private sell(ordered: Ordered, mood: Mood): Sale {
    const shelf = this.shelfOf(ordered.offerId);
    const costMinor = shelf.costMinor + (mood === 'dear' ? 200 : 0);
    const made: Sale = { ordered, units: [], good: 0, status: 'refused', costMinor, soldAgain: false };
    if ((ordered.kind === 'top-up') !== (ordered.recipient !== undefined)) return { ...made, refusal: 'invalid-recipient' };
    if (costMinor > ordered.maxCostMinor) return { ...made, refusal: 'price-risen' };
    if (mood === 'broke') return { ...made, refusal: 'insufficient-balance' };
    if (mood === 'dry' || shelf.truth < ordered.quantity) return { ...made, refusal: 'out-of-stock' };
    if (mood === 'accepts') {
      shelf.truth -= ordered.quantity;
      return { ...this.delivering(made, Math.floor(ordered.quantity / 2), mood), status: 'accepted' };
    }
    const units = mood === 'partial' ? Math.ceil(ordered.quantity / 2) : ordered.quantity;
    shelf.truth -= units;
    return { ...this.delivering(made, units, mood), status: units < ordered.quantity ? 'partial' : 'fulfilled' };
  }

  private delivering(sale: Sale, units: number, mood: Mood): Sale {
    const { kind, sku } = sale.ordered;
    const spoilt = (n: number): boolean => mood === 'invalid' && kind === 'code' && n % 2 === 0;
    const made: { kind: 'code' | 'top-up'; code?: string }[] = [];
    for (let n = 0; n < units; n++) {
      if (kind === 'top-up') made.push({ kind });
      // No code at all, or the one that was just sent for another unit.
      else made.push({ kind, code: spoilt(n) ? (made[n - 1]?.code ?? '') : this.newCode(sku) });
    }
    return { ...sale, units: made, good: made.filter((_, n) => !spoilt(n)).length };
  }

  /** What was only accepted comes to its end: all of it, or, in a bad mood, no more than what has come. */
  private complete(sale: Sale, mood: Mood): void {
    const { quantity, kind, sku } = sale.ordered;
    if (mood === 'partial' || mood === 'dry') {
      sale.status = sale.units.length > 0 ? 'partial' : 'refused';
      sale.refusal = 'out-of-stock';
      return;
    }
    const more = Array.from({ length: quantity - sale.units.length }, () =>
      kind === 'top-up' ? { kind } : { kind, code: this.newCode(sku) },
    );
    sale.units = [...sale.units, ...more];
    sale.good += more.length;
    sale.status = 'fulfilled';
  }

  private tell({ ordered, status, units, costMinor, refusal: code }: Sale): WireAnswer {
    if (status === 'refused') return refusal(422, code ?? 'refused', costMinor);
    return { status: 200, body: { idempotencyKey: ordered.purchaseId, sku: ordered.sku, status, costMinor, units } };
  }
}

const refusal = (status: number, code: string, costMinor?: number): WireAnswer => ({
  status,
  body: { code, ...(costMinor !== undefined && { costMinor }) },
});
