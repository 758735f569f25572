export * from './domain';
export * from './ids';
export * from './region';
