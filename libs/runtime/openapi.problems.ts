import type { OpenAPIObject } from '@nestjs/swagger';
import type { ProblemOf } from './define';
import { KEY_LENGTH_MAX } from './limits';
import { SHELL_PROBLEMS } from './problems';

type Problems = Readonly<Partial<Record<string, ProblemOf>>>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; schema?: object }[];
  readonly requestBody?: object;
  responses: Record<string, object>;
}

/** What the shell itself may answer. */
const ALWAYS: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid-body', 'json-malformed'],
  401: ['key-missing', 'key-wrong'],
  403: ['scope-missing'],
  429: ['too-many-requests'],
  503: ['try-again', 'storage-full'],
};
const WITH_BODY: Readonly<Record<number, readonly string[]>> = { 413: ['body-too-large'], 415: ['media-type-unknown'] };
const WITH_KEY: Readonly<Record<number, readonly string[]>> = {
  400: ['idempotency-key-missing', 'idempotency-key-too-long'],
  409: ['idempotency-key-in-use'],
};

const WORDS: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'No key, or one that is not known',
  403: 'Not with this key',
  404: 'Not found, or somebody else’s',
  409: 'Not as things stand',
  413: 'Too large',
  415: 'The media type is not known',
  422: 'Understood, and refused',
  429: 'Too often: nothing was done, send it again',
  503: 'Not now: send it again',
};

/** Every answer that is no success, by status, with the codes that it may have. */
export function describeProblems(document: OpenAPIObject, problems: Problems): OpenAPIObject {
  for (const item of Object.values(document.paths))
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) describe(method, operation, problems);
  const schemas = { ...document.components?.schemas, Problem: PROBLEM };
  return { ...document, components: { ...document.components, schemas } };
}

function describe(method: string, operation: Operation, problems: Problems): void {
  const { parameters = [], requestBody } = operation;
  const key = parameters.find((it) => it.name === 'Idempotency-Key');
  if (key !== undefined) key.schema = { type: 'string', minLength: 1, maxLength: KEY_LENGTH_MAX };
  const sources = [ALWAYS];
  if (parameters.some((it) => it.in === 'path')) sources.push({ 404: [] });
  if (requestBody !== undefined) sources.push(WITH_BODY);
  if (key !== undefined) sources.push(WITH_KEY);
  if (method !== 'get') sources.push(byStatus(SHELL_PROBLEMS), byStatus(problems));
  for (const source of sources)
    for (const [status, codes] of Object.entries(source)) {
      const before = operation.responses[status] as { readonly 'x-codes'?: readonly string[]; readonly description?: string } | undefined;
      operation.responses[status] = responseOf(
        Number(status),
        [...new Set([...(before?.['x-codes'] ?? []), ...codes])],
        before?.description,
      );
    }
}

function byStatus(problems: Problems): Record<number, string[]> {
  const found: Record<number, string[]> = {};
  for (const [code, it] of Object.entries(problems)) if (it !== undefined) (found[it.status] ??= []).push(code);
  return found;
}

const responseOf = (status: number, codes: readonly string[], said: string | undefined): object => ({
  description: said ?? WORDS[status] ?? '',
  ...(codes.length > 0 && { 'x-codes': codes }),
  ...((status === 429 || status === 503) && {
    headers: { 'Retry-After': { description: 'In seconds', schema: { type: 'integer', minimum: 1 } } },
  }),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const PROBLEM: Schema = {
  type: 'object',
  description: 'RFC 9457. What went wrong by a `code` that does not change, and what to do; some codes say more',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    fields: {
      type: 'array',
      description: 'Of `invalid-body`: what is wrong where',
      items: { type: 'object', required: ['field', 'message'], properties: { field: { type: 'string' }, message: { type: 'string' } } },
    },
    retryAfter: { type: 'integer', description: 'Seconds, as in Retry-After' },
  },
};
