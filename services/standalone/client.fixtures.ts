import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Told<Body = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly traceId: string;
  readonly body: Body;
}

export interface Client {
  /** All that this key was ever answered, as it came. */
  readonly heard: string[];
  ask(method: string, path: string, body?: object): Promise<Told>;
  get<Body>(path: string): Promise<Body>;
  put(path: string, body: object): Promise<void>;
  post<Body>(path: string, body: object): Promise<Told<Body>>;
  /** What comes over a stream of server-sent events is heard, too, until the signal. */
  listen(path: string, signal: AbortSignal): Promise<void>;
}

/** A user of the API with one key. Every POST has an Idempotency-Key of its own. */
export function clientOf(url: string, key: string): Client {
  const heard: string[] = [];
  const authorization = `Bearer ${key}`;
  const ask = async (method: string, path: string, body?: object): Promise<Told> => {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    heard.push(text);
    const told = (text === '' ? {} : JSON.parse(text)) as Told['body'];
    return { status: answer.status, traceId: answer.headers.get('x-trace-id') ?? '', body: told };
  };
  const succeed = async <Body>(method: string, path: string, body?: object): Promise<Told<Body>> => {
    const told = await ask(method, path, body);
    assert.ok(told.status < 300, `${method} ${path} was answered ${told.status} ${JSON.stringify(told.body)}`);
    return told as Told<Body>;
  };
  return {
    heard,
    ask,
    get: async <Body>(path: string) => (await succeed<Body>('GET', path)).body,
    put: async (path, body) => void (await succeed('PUT', path, body)),
    post: (path, body) => succeed('POST', path, body),
    async listen(path, signal) {
      const { body, status } = await fetch(`${url}/v1${path}`, { headers: { authorization }, signal });
      assert.equal(status, 200);
      void (async () => {
        for await (const part of body ?? []) heard.push(Buffer.from(part).toString());
      })().catch(() => undefined);
    },
  };
}

const PATIENCE_MS = 45_000;

/** What `find` finds, asked until it finds something. */
export async function until<Found>(what: string, find: () => Promise<Found | undefined | false>, patienceMs = PATIENCE_MS): Promise<Found> {
  for (const endsAt = Date.now() + patienceMs; ; await sleep(50)) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endsAt) throw new Error(`waited ${patienceMs / 1_000} s in vain for ${what}`);
  }
}
