/** What we have left to spend with a supplier, as it told last. */
export interface Account {
  readonly supplierId: string;
  readonly balanceMinor?: number;
  readonly currency?: string;
  readonly asOf?: number;
  /** It has refused a purchase for want of balance, at this moment, and the cheapest such one would have cost so much. */
  readonly short: boolean;
  readonly shortAt: number;
  readonly neededMinor: number;
  /** Absent: from before it was kept. */
  readonly neededIn?: string;
  /** Up to when the books were compared last. */
  readonly reconciledAt?: number;
  /** The number of the question that is due next; how many were asked since it is short. */
  readonly checks: number;
  readonly tries: number;
}
