import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, LogFollower } from '@midstream/runtime';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { StockBook, StockEntry } from './stock.book';

const TICK_MS = 200;
/** Who leads says so once a tick; whoever hears nothing for so long follows the log itself: a change is seen within the second, come what may. */
const SILENT_MS = 600;
const LEASE_MS = 1_000;
const CONNECT_MS = 1_000;
const ANSWER_MS = 500;
/** Entries that go in one command. */
const PAGE = 1_000;
/** In the hash of all entries: that it is whole, and since which snapshot. It goes with them where Redis is wiped. */
const WHOLE = ' whole';

/** Ours, or free: ours for another LEASE_MS. Answers with the snapshot that the hash is of, or '' where it is not whole; nothing where another leads. */
const LEAD = `if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return '' end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return nil end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGET', KEYS[2], ARGV[3]) or ''`;
const LEAVE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

interface Sharing {
  readonly redisUrl: string;
  readonly database: Database;
  readonly logger: Logger;
}

/** What the one who leads tells: news, or none, but that it is there. */
interface Told {
  readonly epoch: string;
  readonly news?: readonly StockEntry[];
}

/**
 * One read cache for all replicas: whoever has the lease follows the log, keeps all entries in a hash, and publishes what is news; the others
 * load the hash and listen, and ask the database nothing. Entries have versions, so that late and repeated ones change nothing, and a lease
 * that two believe to have does no harm. Redis is never needed: who hears nobody follows the log, as without it.
 */
export class StockShare {
  private readonly me = randomUUID();
  private readonly redis: Redis;
  private readonly ear: Redis;
  private follower: LogFollower | undefined;
  /** The snapshot that we keep up to date, while we lead. */
  private leads: string | undefined;
  /** The snapshot of which we know all. */
  private knows: string | undefined;
  private heardAt = -Infinity;
  private loading = false;
  /** How often the connection that we listen at was cut. */
  private breaks = 0;
  private isAway = false;
  private stopping = false;
  private ticking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly book: StockBook,
    private readonly keys: { readonly hash: string; readonly lease: string; readonly channel: string },
    { redisUrl, logger }: Sharing,
  ) {
    this.logger = logger;
    this.redis = new Redis(redisUrl, {
      connectTimeout: CONNECT_MS,
      commandTimeout: ANSWER_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => CONNECT_MS,
    });
    this.ear = this.redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
    for (const it of [this.redis, this.ear]) it.on('error', (error: unknown) => this.away(error));
    // What was said meanwhile is lost: all is loaded again
    this.ear.on('close', () => {
      this.knows = undefined;
      this.breaks += 1;
    });
    this.ear.on('message', (_, text: string) => this.hear(JSON.parse(text) as Told));
  }

  private readonly logger: Logger;

  /** Resolves when the book knows all, from the log: the first replica has no other, and no start waits for Redis. */
  static async start(book: StockBook, sharing: Sharing): Promise<StockShare> {
    const { rows } = await sharing.database.pool.query<{ name: string }>(
      `SELECT current_database() || oid AS name FROM pg_database WHERE datname = current_database()`,
    );
    const name = `midstream:stock:{${createHash('sha1').update(rows[0]?.name ?? '').digest('hex').slice(0, 12)}}`; // prettier-ignore
    const share = new StockShare(book, { hash: `${name}:book`, lease: `${name}:lease`, channel: `${name}:news` }, sharing);
    void share.ear.subscribe(share.keys.channel).catch((error: unknown) => share.away(error));
    share.follower = await share.follow();
    share.ticking = share.run();
    return share;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.ticking;
    await this.follower?.stop();
    if (this.leads !== undefined) await this.redis.eval(LEAVE, 1, this.keys.lease, this.me).catch(() => undefined);
    this.redis.disconnect();
    this.ear.disconnect();
  }

  private follow(): Promise<LogFollower> {
    return this.book.follow((news) => {
      if (this.leads !== undefined && news.length > 0) void this.tell(news);
    });
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.tick().catch((error: unknown) => this.away(error));
      await sleep(TICK_MS);
    }
  }

  private async tick(): Promise<void> {
    const { lease, hash } = this.keys;
    const isReady = this.redis.status === 'ready';
    const whole = isReady
      ? await this.redis.eval(LEAD, 2, lease, hash, this.me, LEASE_MS, WHOLE).catch((it: unknown) => this.away(it))
      : null;
    if (typeof whole !== 'string') this.leads = undefined;
    else if (whole === '' || whole !== this.leads) await this.lead();
    else await this.tell([]);
    const isTold = this.leads === undefined && this.knows !== undefined && performance.now() - this.heardAt < SILENT_MS;
    if (!isTold) this.follower ??= await this.follow();
    else if (this.follower !== undefined) {
      const { follower } = this;
      this.follower = undefined;
      await follower.stop();
    }
  }

  /** Everything, as it is now: whoever led before may have left something out. */
  private async lead(): Promise<void> {
    this.follower ??= await this.follow();
    const epoch = randomUUID();
    const { hash } = this.keys;
    await this.redis.hdel(hash, WHOLE);
    // From here on what is news goes there, too; it is newer than the snapshot, and comes after it
    this.leads = epoch;
    let page: string[] = [];
    for (const it of this.book.entries()) {
      page.push(fieldOf(it), JSON.stringify(it));
      if (page.length < 2 * PAGE) continue;
      await this.redis.hset(hash, ...page);
      page = [];
    }
    await this.redis.hset(hash, ...page, WHOLE, epoch);
    this.back('this replica leads');
    await this.tell([]);
  }

  /** What cannot be told makes the hash a lie: we lead no more, until a new snapshot. */
  private async tell(news: readonly StockEntry[]): Promise<void> {
    const { leads: epoch, keys } = this;
    if (epoch === undefined) return;
    try {
      if (news.length > 0) await this.redis.hset(keys.hash, ...news.flatMap((it) => [fieldOf(it), JSON.stringify(it)]));
      await this.redis.publish(keys.channel, JSON.stringify({ epoch, ...(news.length > 0 && { news }) } satisfies Told));
    } catch (error) {
      this.leads = undefined;
      this.away(error);
    }
  }

  private hear({ epoch, news = [] }: Told): void {
    if (this.leads === epoch) return;
    this.heardAt = performance.now();
    for (const it of news) this.book.note(it);
    if (this.knows !== epoch && !this.loading) void this.load(epoch);
  }

  private async load(epoch: string): Promise<void> {
    this.loading = true;
    const { breaks } = this;
    try {
      let cursor = '0';
      do {
        const [next, found] = await this.redis.hscan(this.keys.hash, cursor, 'COUNT', PAGE);
        for (let n = 0; n < found.length; n += 2) if (found[n] !== WHOLE) this.book.note(JSON.parse(found[n + 1] ?? '') as StockEntry);
        cursor = next;
      } while (cursor !== '0');
      if ((await this.redis.hget(this.keys.hash, WHOLE)) !== epoch || breaks !== this.breaks) return;
      this.knows = epoch;
      this.back('this replica shares what another leads');
    } catch (error) {
      this.away(error);
    } finally {
      this.loading = false;
    }
  }

  /** Said once, until it is back. */
  private away(error: unknown): false {
    this.leads = undefined;
    if (!this.isAway && !this.stopping)
      this.logger.warn({ err: error }, 'Redis is away: this replica follows the log for its stock figures');
    this.isAway = true;
    return false;
  }

  private back(how: string): void {
    if (this.isAway) this.logger.info(`Redis is back: ${how}`);
    this.isAway = false;
  }
}

const fieldOf = (it: StockEntry): string => ('offer' in it ? it.offer.offerId : it.sku);
