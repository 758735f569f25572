/** What goes wrong: the kinds that protocol.md names, and a few more. */
export type Kind =
  | 'a delta where a tally belongs'
  | 'a release without owner'
  | 'expiry of a submitted unit'
  | 'a dropped exclusion'
  | 'an off-by-one at a limit'
  | 'capture at the higher price'
  | 'a late cancel that refunds what is delivered'
  | 'a delivery after a ban'
  | 'a second submit after a time-out'
  | 'a lost drain re-arm'
  | 'a consent that answers the next question'
  | 'an inbox claim outside the transaction'
  | 'a relay by id'
  | 'a ledger entry without its pair'
  | 'a purchase without balance'
  | 'an oversell'
  | 'a cap that does not hold'
  | 'a cost above what it may be'
  | 'a pace that is not kept'
  | 'a figure that is not so'
  | 'a hold that does not fit'
  | 'a face value that nobody ordered'
  | 'an answer that nobody hears'
  | 'a substitute outside the buyer’s policy'
  | 'a message lost or sent twice'
  | 'an answer that is taken twice, or too late'
  | 'money back that is not owed'
  | 'a repack that is none';

/** A planted bug: a change of one line of a production file, that type-checks. */
export interface Mutant {
  readonly id: string;
  readonly kind: Kind;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands once in the file. Lines around the changed one may be in both, where it does not stand alone. */
  readonly before: string;
  readonly after: string;
  /** What it breaks. */
  readonly why: string;
}

/** The file's text with the bug in it. @throws Error where `before` does not stand in it exactly once */
export function planted(text: string, { id, file, before, after }: Pick<Mutant, 'id' | 'file' | 'before' | 'after'>): string {
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`${id}: its text stands ${parts.length - 1} times in ${file}, and should stand there once`);
  return parts.join(after);
}
