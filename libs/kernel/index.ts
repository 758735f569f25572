export * from './domain';
export * from './draft';
export * from './ids';
export * from './region';
