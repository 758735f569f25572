import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type AnyFact, topicOf, TOPICS, type Topic } from './topics';

/** A fact as it travels: CloudEvents 1.0, structured mode, JSON. */
export interface Envelope {
  readonly specversion: '1.0';
  /** UUIDv7: its time is the fact's own day, by which inboxes are partitioned. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The key: facts of one subject arrive in order. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Grows with every fact of one subject (CloudEvents extension `sequence`). A reader may ignore a lower one. */
  readonly sequence: string;
  /** W3C Trace Context, from the request that caused it all. */
  readonly traceparent?: string;
  readonly data: unknown;
}

export const CONTENT_TYPE = 'application/cloudevents+json';
/** Asserted when an event is appended (protocol 28). */
export const EVENT_BYTES_MAX = 256 * 1024;

const PREFIX = 'midstream.';

export const wireTypeOf = (factType: string): string => `${PREFIX}${factType}`;
export const factTypeOf = (wireType: string): string | undefined =>
  wireType.startsWith(PREFIX) ? wireType.slice(PREFIX.length) : undefined;

const ajv = new Ajv2020({ strict: true, allErrors: false, ownProperties: true });
addFormats(ajv);

const validators = new Map<string, ValidateFunction>();

function validatorOf(topic: Topic, type: string): ValidateFunction | undefined {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const schema = (TOPICS[topic].facts as Readonly<Record<string, object>>)[type];
  if (schema === undefined) return undefined;
  const compiled = ajv.compile(schema);
  validators.set(type, compiled);
  return compiled;
}

/**
 * What is wrong with the data of a fact by its schema, or nothing.
 * @throws Error where no topic has the type: ask `topicOf` first.
 */
export function faultOf(type: string, data: unknown): string | undefined {
  const topic = topicOf(type);
  const validate = topic && validatorOf(topic, type);
  if (validate === undefined) throw new Error(`no topic has facts of type ${type}`);
  if (validate(data)) return undefined;
  const [first] = validate.errors ?? [];
  return first ? `${type}${first.instancePath} ${first.message ?? first.keyword}` : `${type} is broken`;
}

/** A fact with its type, as domains see it; undefined where this version does not know the type (skipped and counted, protocol 27). */
export function factOf(envelope: Envelope): AnyFact | undefined {
  const type = factTypeOf(envelope.type);
  if (type === undefined || topicOf(type) === undefined) return undefined;
  return { type, ...(envelope.data as object) } as AnyFact;
}
