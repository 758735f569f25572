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

const ajv = new Ajv2020({ strict: true, allErrors: false, ownProperties: true, inlineRefs: false });
addFormats(ajv);

/** `out`: our own door, where an unknown property is a mistake. `in`: a newer writer may say more than we know. */
export type Door = 'in' | 'out';

const validators = new Map<string, ValidateFunction>();

function validatorOf(topic: Topic, type: string, door: Door): ValidateFunction | undefined {
  const known = validators.get(`${door}/${type}`);
  if (known !== undefined) return known;
  const schema = (TOPICS[topic].facts as Readonly<Record<string, object>>)[type];
  if (schema === undefined) return undefined;
  const compiled = ajv.compile(apart(door === 'out' ? schema : opened(schema)));
  validators.set(`${door}/${type}`, compiled);
  return compiled;
}

/** A schema within another that is longer than this, in characters of its JSON, is checked by a function of its own. */
const APART_FROM = 400;
const aparts = new Map<string, string>();

/**
 * The same schema with its large parts apart, each once for all facts. As one function the check of an `OfferHeld` came to be longer than the
 * engine makes fast code of: 17 us instead of 6.
 */
const apart = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => {
      const isPart = key !== '' && typeof value === 'object' && value !== null && 'properties' in value && 'type' in value;
      const text = isPart ? JSON.stringify(value) : '';
      return text.length > APART_FROM ? { $ref: partOf(text) } : value;
    }),
  ) as object;

function partOf(text: string): string {
  const known = aparts.get(text);
  if (known !== undefined) return known;
  const name = `part-${aparts.size}`;
  aparts.set(text, name);
  ajv.addSchema(apart(JSON.parse(text) as object), name);
  return name;
}

/** The same schema without its refusal of unknown properties. */
const opened = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  ) as object;

/**
 * What is wrong with the data of a fact by its schema, or nothing.
 * @throws Error where no topic has the type: ask `topicOf` first.
 */
export function faultOf(type: string, data: unknown, door: Door = 'out'): string | undefined {
  const topic = topicOf(type);
  const validate = topic && validatorOf(topic, type, door);
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
