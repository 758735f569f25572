import { createHash } from 'node:crypto';
import { type Rejection, reject } from '@midstream/kernel';
import type { Tx } from './postgres';
import { type Write, zipped } from './writes';
import type { Outcome } from './handle';

/** A key of a caller, and what was sent with it. */
export interface Idempotency {
  /** Whose key it is: two tenants may use the same. */
  readonly tenant: string;
  readonly key: string;
  /** SHA-256 of method, path and body. */
  readonly hash: string;
}

export interface Wanted extends Idempotency {
  /** The status of a success. */
  readonly status: number;
  /** What is stored of a success where it is not the answer itself: never a secret (protocol 23). */
  readonly stored?: (body: unknown) => unknown;
}

/** An answer as it was given: a 2xx, or a decided refusal. */
export type Answered = { readonly status: number; readonly body: unknown } | { readonly status: 0; readonly body: Rejection };

export const hashOf = (method: string, path: string, body: unknown): string =>
  createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(body ?? null)}`)
    .digest('hex');

type Known = { readonly kind: 'answer'; readonly answer: Answered } | { readonly kind: 'refusal'; readonly rejection: Rejection };

export interface Answers {
  of(wanted: Wanted): Known | undefined;
  keep(wanted: Wanted, outcome: Outcome): Answered;
}

/** The answers that were given before under these keys. A key that comes twice in one batch is seen in memory. */
export async function loadAnswers(tx: Tx, wanted: readonly Wanted[]): Promise<Answers> {
  const known = new Map<string, { hash: string; answer: Answered }>();
  const nameOf = (it: Idempotency) => `${it.tenant}\n${it.key}`;
  if (wanted.length > 0) {
    const { rows } = await tx.query<{ tenant: string; key: string; hash: string; status: number; body: unknown }>(
      `SELECT a.tenant, a.key, a.hash, a.status, a.body FROM answer a JOIN json_to_recordset($1::json) AS w(tenant text, key text) USING (tenant, key)`,
      [JSON.stringify(wanted.map(({ tenant, key }) => ({ tenant, key })))],
    );
    for (const it of rows) known.set(nameOf(it), { hash: it.hash, answer: { status: it.status, body: it.body } });
  }
  return {
    of(it) {
      const before = known.get(nameOf(it));
      if (before === undefined) return undefined;
      return before.hash === it.hash
        ? { kind: 'answer', answer: before.answer }
        : { kind: 'refusal', rejection: reject('idempotency-key-reused') };
    },
    keep(it, outcome) {
      const answer = toAnswer(it, outcome);
      known.set(nameOf(it), { hash: it.hash, answer });
      return answer;
    },
  };
}

function toAnswer(wanted: Wanted, outcome: Outcome): Answered {
  if (outcome.kind === 'refused') return { status: 0, body: outcome.rejection };
  const body = outcome.kind === 'done' ? outcome.body : undefined;
  return { status: wanted.status, body: (wanted.stored ?? ((it: unknown) => it))(body) };
}

export const answersOf = (stored: readonly { readonly wanted: Wanted; readonly answer: Answered }[]): Write[] => [
  {
    rows: stored.map(({ wanted, answer }) => ({
      tenant: wanted.tenant,
      key: wanted.key,
      hash: wanted.hash,
      status: answer.status,
    })),
    documents: stored.map(({ answer }) => JSON.stringify(answer.body ?? null)),
    sql: (
      rows,
      documents,
    ) => `INSERT INTO answer (tenant, key, hash, status, body) SELECT tenant, key, hash, status, nullif(unnest, 'null')::json
      FROM ${zipped(`json_to_recordset(${rows}) AS (tenant text, key text, hash text, status int)`, documents)} AS s`,
  },
];
