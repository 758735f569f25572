export * from './kafka';
export * from './leash';
export * from './ports';
export * from './postgres';
export * from './scratch';
