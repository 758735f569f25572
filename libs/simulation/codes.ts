interface Code {
  readonly text: string;
  readonly sku: string;
  offerId: string;
  state: 'free' | 'assigned' | 'quarantined' | 'invalid';
  unit?: string;
  purchaseId?: string;
  stocked: number;
}

interface OfPurchase {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly sku: string;
}

/** Inventory's table of codes, with its unique columns (services/inventory/app/codes.ts), not encrypted. */
export class Codes {
  private readonly all: Code[] = [];
  private readonly byText = new Set<string>();
  private readonly byUnit = new Map<string, Code>();
  private readonly byPurchase = new Map<string, Code[]>();
  private readonly counts = new Map<string, number>();

  /** Takes codes into a vault. */
  stock(offerId: string, sku: string, texts: readonly string[]): void {
    for (const text of texts) {
      if (this.byText.has(text)) continue;
      this.byText.add(text);
      this.all.push({ text, sku, offerId, state: 'free', stocked: 1 });
      this.count(offerId, 1);
    }
  }

  /** All that ever came into a vault offer. */
  stocked(offerId: string): number {
    return this.counts.get(offerId) ?? 0;
  }

  private count(offerId: string, more: number): void {
    this.counts.set(offerId, this.stocked(offerId) + more);
  }

  /** Gives each of these units one free code, at most one ever. Returns the units of the purchase that have one now. */
  assign({ purchaseId, offerId }: OfPurchase, units: readonly string[]): ReadonlySet<string> {
    const given = new Set(this.goodOf(purchaseId));
    for (const unit of units) {
      if (given.has(unit)) continue;
      const code = this.all.find((it) => it.state === 'free' && it.offerId === offerId);
      if (code === undefined) break;
      Object.assign(code, { state: 'assigned', unit, purchaseId });
      this.byUnit.set(unit, code);
      this.remember(purchaseId, code);
      given.add(unit);
    }
    return given;
  }

  /** Keeps what a supplier has sent. Returns the units whose code is good: it is one, and nobody has it yet. */
  keepSent(
    { purchaseId, offerId, sku }: OfPurchase,
    sent: readonly { readonly unit: string; readonly code: string }[],
  ): ReadonlySet<string> {
    for (const { unit, code: text } of sent) {
      if (text === '' || this.byText.has(text) || this.byUnit.has(unit)) continue;
      const code: Code = { text, sku, offerId, state: 'assigned', unit, purchaseId, stocked: 0 };
      this.byText.add(text);
      this.all.push(code);
      this.byUnit.set(unit, code);
      this.remember(purchaseId, code);
    }
    const good = new Set(this.goodOf(purchaseId));
    for (const { unit, code: text } of sent) {
      if (good.has(unit) || this.byUnit.has(unit)) continue;
      const code: Code = { text, sku, offerId, state: 'invalid', unit, purchaseId, stocked: 0 };
      this.byUnit.set(unit, code);
    }
    return good;
  }

  private remember(purchaseId: string, code: Code): void {
    const known = this.byPurchase.get(purchaseId);
    if (known === undefined) this.byPurchase.set(purchaseId, [code]);
    else known.push(code);
  }

  private goodOf(purchaseId: string): string[] {
    return this.codesOf(purchaseId).flatMap((it) => it.unit ?? []);
  }

  /** The codes of a purchase that are with a unit of it still. */
  private codesOf(purchaseId: string): Code[] {
    return (this.byPurchase.get(purchaseId) ?? []).filter((it) => it.purchaseId === purchaseId && it.state !== 'free');
  }

  /** Back into a vault. Whoever has done it before has done it. */
  giveBack(units: readonly string[], offerId: string): void {
    for (const unit of units) {
      const code = this.byUnit.get(unit);
      if (code === undefined) continue;
      this.byUnit.delete(unit);
      const stocked = code.offerId === offerId ? code.stocked + 1 : 1;
      this.count(code.offerId, -code.stocked);
      this.count(offerId, stocked);
      Object.assign(code, { state: 'free', unit: undefined, purchaseId: undefined, offerId, stocked });
    }
  }

  quarantine(units: readonly string[]): void {
    for (const unit of units) {
      const code = this.byUnit.get(unit);
      if (code?.state === 'assigned') code.state = 'quarantined';
    }
  }

  /** The units of a purchase that have a good code and were not delivered. */
  undelivered(purchaseId: string, isDelivered: (unit: string) => boolean): string[] {
    return this.goodOf(purchaseId)
      .filter((it) => !isDelivered(it))
      .sort();
  }

  /** The text that a unit has, if it has a good one. */
  textOf(unit: string): string | undefined {
    const code = this.byUnit.get(unit);
    return code === undefined || code.state === 'invalid' ? undefined : code.text;
  }

  free(offerId: string): number {
    return this.all.filter((it) => it.state === 'free' && it.offerId === offerId).length;
  }
}
