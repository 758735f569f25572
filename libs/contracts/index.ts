export * from './words';
export * from './topics';
export * from './envelope';
export { CANDIDATES_MAX, CHANNEL_STATES, SIGNAL_KINDS, type SignalKind } from './selection';
export { COMPLAINT_OUTCOMES, COMPLAINT_REASONS, LINE_ENDS, ORDER_ENDS, SERVED_MAX, shownEndOf } from './order';
export { CLOSURE_CAUSES, FULFILMENT_KINDS } from './inventory';
