export * from './words';
export * from './topics';
export * from './envelope';
export { CANDIDATES_MAX } from './selection';
export { LINE_ENDS, ORDER_ENDS } from './order';
export { CLOSURE_CAUSES, FULFILMENT_KINDS } from './inventory';
