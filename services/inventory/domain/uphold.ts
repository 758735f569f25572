import { assert } from '@midstream/kernel';
import { openUnits } from './caps';
import { openOf, type Hold, type Offer, type Purchase, type Rows, STAGES } from './state';

/** What must be true of these rows between any two commands. The tables say the same by CHECK. */
export function uphold(rows: Rows): void {
  for (const offer of Object.values(rows.offers)) upholdOffer(offer);
  for (const hold of Object.values(rows.holds)) upholdHold(hold, rows);
  for (const usage of Object.values(rows.usages)) assert(usage.units >= 0, 'nobody holds less than nothing');
  for (const purchase of Object.values(rows.purchases)) upholdPurchase(purchase, rows);
  for (const drain of Object.values(rows.drains)) {
    assert(!(drain.armed && drain.stopped), 'a stopped drain does not run');
    assert(drain.armed || !drain.again, 'only a drain that runs is told of news');
  }
}

function upholdOffer(offer: Offer): void {
  assert(offer.held >= 0 && offer.inFlight >= 0 && offer.queued >= 0, 'no units below nothing');
  assert(offer.queued <= offer.held, 'what is queued is held');
  assert(offer.held + offer.inFlight <= offer.onHand, 'never oversell: held and in flight are on hand');
  assert(offer.settled <= offer.accepted, 'a report settles only what was accepted');
}

function upholdHold(hold: Hold, rows: Rows): void {
  assert(
    STAGES.every((it) => hold[it] >= 0),
    'no units below nothing',
  );
  assert(STAGES.reduce((sum, it) => sum + hold[it], 0) === hold.granted, 'every unit of a hold is in one stage');
  assert((hold.waiting ?? 0) <= hold.queued, 'what waits for balance is queued');
  assert(hold.releaseAsked === undefined || hold.held + hold.queued === 0, 'what was asked back is not held any more');
  if (hold.capped !== undefined) {
    const { by, units } = hold.capped;
    assert(units >= openUnits(hold), 'what is open is counted by its caps');
    assert(
      by.every((it) => (rows.usages[it]?.units ?? units) >= units),
      'a cap counts the units of its holds',
    );
  }
  const offer = rows.offers[hold.offerId];
  if (offer === undefined) return;
  assert(hold.held + hold.queued <= offer.held, 'an offer counts the units that its holds hold');
  assert(hold.submitting + hold.unknown <= offer.inFlight, 'an offer counts the units that its holds have in flight');
}

function upholdPurchase(purchase: Purchase, rows: Rows): void {
  const { bought, delivered, kept, quarantined, writtenOff, status } = purchase;
  assert(bought === delivered + kept + quarantined + writtenOff, 'what was bought is delivered, kept, quarantined or written off');
  assert(openOf(purchase) >= 0, 'no more comes of a purchase than was asked for');
  const ended = status === 'fulfilled' || status === 'rejected' || status === 'failed';
  assert(status === 'written-off' || ended === (openOf(purchase) === 0), 'a purchase ends when nothing of it is open');
  const hold = rows.holds[purchase.holdId];
  if (hold === undefined || ended || status === 'written-off') return;
  assert(hold[status] >= openOf(purchase), 'the open units of a purchase are units of its hold');
}
