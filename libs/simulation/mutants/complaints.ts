import type { Mutant } from './mutant';

const order = 'services/order/domain/complaints.ts';

/** Of complaints: what comes of them in order, and what selection learns. */
export const complaintMutants: readonly Mutant[] = [
  {
    id: 'order-refunds-twice',
    kind: 'money back that is not owed',
    file: order,
    before: 'if (complaint.outcome !== undefined) return resolvedBefore(complaint, command);',
    after: "if (complaint.outcome === 'rejected') return resolvedBefore(complaint, command);",
    why: 'a refund that is said again is booked again',
  },
  {
    id: 'order-refunds-what-was-rejected',
    kind: 'money back that is not owed',
    file: order,
    before: 'if (complaint.outcome !== undefined) return resolvedBefore(complaint, command);',
    after: "if (complaint.outcome === 'refunded') return resolvedBefore(complaint, command);",
    why: 'a complaint that was rejected is refunded after all',
  },
  {
    id: 'order-complains-again',
    kind: 'money back that is not owed',
    file: order,
    before: 'units: hold.delivered - complainedOf(line, hold.holdId)',
    after: 'units: hold.delivered',
    why: 'units that were complained of are complained of once more',
  },
  {
    id: 'order-complains-of-what-is-open',
    kind: 'money back that is not owed',
    file: order,
    before: 'units: hold.delivered - complainedOf(line, hold.holdId)',
    after: 'units: hold.granted - complainedOf(line, hold.holdId)',
    why: 'units that have not come, or were lost, are complained of',
  },
  {
    id: 'order-refunds-too-much',
    kind: 'money back that is not owed',
    file: order,
    before: 'refundMinor < least || refundMinor > most',
    after: 'refundMinor < least || refundMinor > most + 1',
    why: 'a cent more comes back than was captured for the units',
  },
  {
    id: 'order-complaint-misses-its-moment',
    kind: 'an off-by-one at a limit',
    file: order,
    before: 'at - deliveredAtOf(hold, order) <= COMPLAINT_MS',
    after: 'at - deliveredAtOf(hold, order) < COMPLAINT_MS',
    why: 'a complaint that comes to the millisecond comes too late',
  },
  {
    id: 'order-captures-less',
    kind: 'a ledger entry without its pair',
    file: 'services/order/domain/evolve.ts',
    before: "if (event.why === 'complaint-refunded')",
    after: "if (event.why === 'complaint-refunded' && available === 0)",
    why: 'a refund lowers what was captured, and nobody knows that it was one',
  },
  {
    id: 'selection-keeps-what-was-unfounded',
    kind: 'an answer that nobody hears',
    file: 'services/selection-engine/domain/complaints/note.ts',
    before: 'const isNews = stood === undefined || (stood && !stands);',
    after: 'const isNews = stood === undefined;',
    why: 'an offer is held to a complaint that the hub has rejected',
  },
];
