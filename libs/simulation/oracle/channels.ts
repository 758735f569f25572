import type { Deed } from '../scenario';
import { check } from './book';
import type { OfferBook } from './offer';

type Said = Pick<Extract<Deed, { readonly kind: 'channel' }>, 'state' | 'policy'>;
export type Policy = NonNullable<Said['policy']>;

/** What was said of ways of delivery, by good and way: at rest every offer that goes by one has heard the newest. */
export class ChannelWatch {
  private readonly newest = new Map<string, Said & { readonly at: number }>();

  /** Seen to be so at that time: of two words the later counts, whichever is heard first. */
  said(name: string, { state, policy = this.newest.get(name)?.policy }: Said, at: number): void {
    if (at >= (this.newest.get(name)?.at ?? 0)) this.newest.set(name, { state, at, ...(policy && { policy }) });
  }

  atRest({ offerId, terms, policy, closures }: OfferBook): void {
    const said = this.newest.get(`${terms.sku} ${terms.channel}`);
    if (said === undefined) return;
    const cause = closures.find((it) => it.cause === 'channel-down' || it.cause === 'channel-slow')?.cause;
    const is = cause === undefined ? 'up' : cause === 'channel-down' ? 'down' : 'slow';
    check(is === said.state, '12', () => `${offerId} goes by a way that is ${said.state}, and counts as ${is}`);
    const [due, known] = [said.policy ?? {}, policy].map(wordsOf);
    check(due === known, '12', () => `${offerId} goes by a way that lets ${due} through, and reckons with ${known}`);
  }
}

const wordsOf = ({ regions, maxQuantity, leadTimeMs }: Policy): string => `${regions?.join() ?? '*'}/${maxQuantity}/${leadTimeMs}`;
