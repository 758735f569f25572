import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { bearerOf, type Keys } from './keys';
import { RATE_PER_ADDRESS, RATE_PER_KEY, RATE_WINDOW_MS } from './limits';
import type { Metrics } from './metrics';
import { Problem } from './problems';

/** How often a caller may ask one service, in requests per RATE_WINDOW_MS. */
export interface RateLimits {
  /** Of one API key. */
  readonly perKey: number;
  /** Of one address without a valid key (an IPv6 network of 64 bits counts as one). */
  readonly perAddress: number;
  /** Where the replicas of a service count together; left out: each counts in its memory. */
  readonly redisUrl?: string;
}

/**
 * From the settings `rateLimitPerKey`, `rateLimitPerAddress` (MIDSTREAM_RATE_LIMIT_PER_KEY, …_PER_ADDRESS): a number of requests per 10 s, or `off`.
 * @throws Error where a setting is neither.
 */
export function rateLimitsOf(settings: Readonly<Record<string, string>>, redisUrl: string | undefined): RateLimits {
  return {
    perKey: limitOf('MIDSTREAM_RATE_LIMIT_PER_KEY', settings['rateLimitPerKey'], RATE_PER_KEY),
    perAddress: limitOf('MIDSTREAM_RATE_LIMIT_PER_ADDRESS', settings['rateLimitPerAddress'], RATE_PER_ADDRESS),
    ...(redisUrl !== undefined && redisUrl !== '' && { redisUrl }),
  };
}

function limitOf(name: string, value: string | undefined, unlessSaid: number): number {
  if (value === undefined || value === '') return unlessSaid;
  if (value === 'off') return Infinity;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new Error(`${name} is ${value}: a number of requests per ${RATE_WINDOW_MS / 1_000} s, or off`);
}

/** What must answer even to who asks too often: probes, scrapers, and the entrance that merges the documents. */
const EXEMPT = new Set(['/healthz', '/readyz', '/metrics', '/openapi.json']);
/** In one replica's memory; the one that asked longest ago is forgotten first. */
const CALLERS_MAX = 20_000;
const REDIS_ANSWER_MS = 100;
const REDIS_CONNECT_MS = 1_000;
/** After an answer that did not come, Redis is left alone this long: an outage costs one wait a second, not one a request. */
const REDIS_PAUSE_MS = 1_000;

interface Parts {
  readonly service: string;
  readonly limits: RateLimits;
  readonly keys: Keys;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Counts every request before its body is read; one too many is refused with 429, and nothing is stored under its Idempotency-Key. */
export async function limitRates(fastify: FastifyInstance, { service, limits, keys, metrics, logger }: Parts): Promise<void> {
  if (limits.perKey === Infinity && limits.perAddress === Infinity) return;
  const redis = limits.redisUrl === undefined ? undefined : redisOf(limits.redisUrl);
  const watch = watchRedis(metrics, logger);
  redis?.on('error', watch.away);
  await fastify.register(rateLimit, {
    global: false,
    timeWindow: RATE_WINDOW_MS,
    max: (_, who) => (who.startsWith('key:') ? limits.perKey : limits.perAddress),
    keyGenerator: (request) => whoAsks(request, keys),
    cache: CALLERS_MAX,
    ...(redis && { redis, nameSpace: `midstream:rate:${service}:` }),
  });
  const counted = fastify.createRateLimit();
  let pausedUntil = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    if (EXEMPT.has(request.routeOptions.url ?? '')) return;
    if (Date.now() < pausedUntil) return watch.passed();
    const it = await counted(request).catch((error: unknown) => {
      pausedUntil = Date.now() + REDIS_PAUSE_MS;
      watch.away(error);
      watch.passed();
    });
    if (it === undefined || it.isAllowed) return;
    watch.back();
    if (Number.isFinite(it.max)) tell(reply, it);
  });
  fastify.addHook('onClose', async () => redis?.disconnect());
}

/** By RateLimit headers (draft-ietf-httpapi-ratelimit-headers-06, which clients know). @throws Problem where it was one too many. */
function tell(reply: FastifyReply, it: { max: number; remaining: number; ttlInSeconds: number; isExceeded: boolean }): void {
  void reply.headers({ 'ratelimit-limit': it.max, 'ratelimit-remaining': it.remaining, 'ratelimit-reset': it.ttlInSeconds });
  if (!it.isExceeded) return;
  throw new Problem(
    429,
    'too-many-requests',
    'You ask too often; wait as long as Retry-After says',
    `${it.max} requests in ${RATE_WINDOW_MS / 1_000} s are allowed. Nothing was done: send the same request, with the same Idempotency-Key, again.`,
    { retryAfter: Math.max(1, it.ttlInSeconds) },
  );
}

function whoAsks(request: FastifyRequest, keys: Keys): string {
  const key = bearerOf(request.headers.authorization);
  const caller = key === undefined ? undefined : keys.callerOf(key);
  return caller === undefined ? `address:${normalizeIP(request.ip)}` : `key:${caller.keyId}`;
}

const redisOf = (url: string): Redis =>
  new Redis(url, {
    connectTimeout: REDIS_CONNECT_MS,
    commandTimeout: REDIS_ANSWER_MS,
    // A request is never kept waiting for a Redis that may come
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => REDIS_PAUSE_MS,
  });

/** Says once that Redis went, and once that it is back. */
function watchRedis({ registry }: Metrics, logger: Logger) {
  const uncounted = new Counter({
    name: 'midstream_rate_uncounted_total',
    help: 'Requests that passed uncounted, since Redis was away',
    registers: [registry],
  });
  let isAway = false;
  return {
    passed: () => uncounted.inc(),
    away(error: unknown) {
      if (!isAway) logger.warn({ err: error }, 'Redis is away: requests pass uncounted until it is back');
      isAway = true;
    },
    back() {
      if (isAway) logger.info('Redis is back: requests are counted');
      isAway = false;
    },
  };
}
