import type { Rejection } from '@midstream/kernel';
import type { ProblemOf } from './define';

/** An answer of RFC 9457: what went wrong, by a code that does not change, and what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail?: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail ?? title);
  }
}

/** What is not there, or belongs to somebody else: the same answer for both, so that nobody can probe. */
export class NotFound extends Problem {
  constructor(code: string, detail?: string) {
    super(404, code, 'Not found', detail);
  }
}

export const SHELL_PROBLEMS: Readonly<Record<string, ProblemOf>> = {
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used before with another request; take a new key' },
  'key-parked': { status: 503, title: 'This record waits for an operator; try again later' },
};

export function problemOfRejection({ rejected, detail }: Rejection, problems: Readonly<Partial<Record<string, ProblemOf>>>): Problem {
  const { status, title } = problems[rejected] ?? SHELL_PROBLEMS[rejected] ?? { status: 409, title: rejected.replaceAll('-', ' ') };
  return new Problem(status, rejected, title, undefined, detail === undefined ? {} : { ...detail });
}

export const problemBody = ({ status, code, title, detail, more }: Problem): object => ({
  type: `urn:midstream:problem:${code}`,
  title,
  status,
  code,
  ...(detail !== undefined && { detail }),
  ...more,
});
