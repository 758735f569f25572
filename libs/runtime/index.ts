export { hashOf, type Idempotency } from './answers';
export { keepAsWritten } from './as-written';
export { byteaArray } from './binary';
export * from './checks';
export type { Chunk, EventBus, InRecord, OutRecord, Sink, Subscription, Watermark } from './bus';
export { Commands, type CommandOutcome, type RunOptions } from './commands';
export { runService, setting, settings } from './config';
export { cursorOf, readCursor } from './cursors';
export {
  defineService,
  type Effect,
  type EffectContext,
  type EventMeta,
  type Loop,
  type LoopContext,
  type RowTable,
  type ServiceDefinition,
  type TableRows,
} from './define';
export { embeddedBus } from './embedded';
export { point } from './fault';
export { followLog, type LogFollower } from './follow.log';
export { From, IdempotencyKey, IfKnown, Open, Public, Scopes, withoutNulls } from './http';
export { newId } from './ids';
export { kafkaBus, type KafkaOptions } from './kafka';
export { type Caller, hashOfKey, tenantOf } from './keys';
export * from './limits';
export { LiveEvents, type LiveEvent, type LiveOptions } from './live';
export { openApiOf } from './openapi';
export { Database, isTransient, isUnique, NewerSchema, openDatabase, type Tx } from './postgres';
export { NotFound, Problem, problemBody } from './problems';
export { type RateLimits, rateLimitsOf } from './rates';
export { type RunningService, type ServiceOptions, SETTINGS, startService } from './service';
export { loggerOf, stopTracing, traceIdOf } from './telemetry';
export { alarmClock, within } from './wait';
