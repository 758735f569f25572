import { pause } from '../drill/act';
import { ApiProblem } from '../sample-market/api';

/** A start takes seconds; several kills in a row, and a busy machine, make it minutes. */
const PATIENCE_MS = 240_000;
const AGAIN_MS = 300;

/** Repeats what nobody has answered, for as long as it may be down; an answer that refuses is thrown as it came. */
export async function untilAnswered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (const until = Date.now() + PATIENCE_MS; ; await pause(AGAIN_MS)) {
    try {
      return await work();
    } catch (error) {
      if (isRefusal(error) || Date.now() > until) throw error;
    }
  }
}

/** The server has decided, and said no. */
export const isRefusal = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && error.status < 500 && error.status !== 429 && error.code !== 'idempotency-key-in-use';
