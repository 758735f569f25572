import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

/** An answer that is no success: the problem as the service told it (RFC 9457). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    what: string,
  ) {
    super(what);
    this.name = 'ApiProblem';
  }
}

export interface Call {
  readonly body?: object;
  /** Sent instead of `body`, as lines of JSON. */
  readonly ndjson?: string;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** One door to the public API: every answer is JSON (or nothing), every failure an `ApiProblem` or, without any answer, an error of fetch. */
export interface Api {
  get<Answer>(path: string, call?: Call): Promise<Answer>;
  put<Answer>(path: string, body: object, call?: Call): Promise<Answer>;
  post<Answer>(path: string, call: Call): Promise<Answer>;
  remove(path: string): Promise<void>;
}

/** Half a minute in all: a killed process is back within it. */
const ATTEMPTS_MAX = 14;
/** The first request with this key has no answer yet: it will have one. */
const STILL_RUNNING = 'idempotency-key-in-use';
const ANSWER_MS = 30_000;

/** A service that restarts is back within seconds; what is refused for a reason is not asked again. */
const again = retry(
  handleWhen((error) => !(error instanceof ApiProblem) || error.status >= 500 || error.status === 429 || error.code === STILL_RUNNING),
  { maxAttempts: ATTEMPTS_MAX, backoff: new ExponentialBackoff({ initialDelay: 150, maxDelay: 5_000 }) },
);

export function openApi({ url, key }: { url: string; key?: string }): Api {
  const ask = <Answer>(method: string, path: string, call: Call = {}): Promise<Answer> =>
    again.execute(() => once<Answer>(method, `${url}${path}`, key, call));
  return {
    get: (path, call) => ask('GET', path, call),
    put: (path, body, call) => ask('PUT', path, { ...call, body }),
    post: (path, call) => ask('POST', path, call),
    remove: (path) => ask('DELETE', path),
  };
}

async function once<Answer>(method: string, url: string, key: string | undefined, call: Call): Promise<Answer> {
  const body = call.ndjson ?? (call.body && JSON.stringify(call.body));
  const answer = await fetch(url, {
    method,
    body,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': call.ndjson === undefined ? 'application/json' : 'application/x-ndjson' }),
      ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
    },
    signal: call.signal ?? AbortSignal.timeout(ANSWER_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw problemOf(answer.status, text, `${method} ${url}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

function problemOf(status: number, text: string, what: string): ApiProblem {
  const told = tryJson(text);
  const { code, title, detail } = typeof told === 'object' && told !== null ? (told as Readonly<Record<string, unknown>>) : {};
  const words = [title, detail].filter((it): it is string => typeof it === 'string').join(': ');
  return new ApiProblem(
    status,
    typeof code === 'string' ? code : `http-${status}`,
    `${what} was answered ${status} ${words || text.slice(0, 200)}`,
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs `work` on every item, at most `width` at once; stops at the first error. */
export async function inParallel<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
