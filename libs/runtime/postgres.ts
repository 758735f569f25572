import { bulkhead } from 'cockatiel';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityTarget, type MigrationInterface } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { point } from './fault';
import { FlightSocket } from './flight';
import { BATCHES_AT_ONCE, BATCHES_WAITING_MAX, CONNECTIONS } from './limits';
import { ShellLanes2, ShellTables1 } from './shell-tables';

export interface Answer<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** Where SQL can be asked: a transaction, or the pool. Statements with parameters are prepared once a connection. */
export interface Queryable {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Answer<Row>>;
}

/**
 * A transaction. A statement is on its way as soon as it is asked: those that do not wait for each other's answers share one round trip
 * (the protocol's pipeline), and are done in their order.
 */
export interface Tx extends Queryable {
  /** Asked, and not waited for: where it fails, so does the commit, with its error. */
  send(text: string, values: readonly unknown[]): void;
}

/** A service's own database: TypeORM for entities and migrations, its pool for SQL that is written as SQL. */
export class Database {
  constructor(
    readonly dataSource: DataSource,
    readonly pool: Pool,
  ) {}

  private readonly turns = bulkhead(BATCHES_AT_ONCE, BATCHES_WAITING_MAX);

  /**
   * Batches of commands, from wherever they come, take turns: those of one service want the same hot rows, and one that waits for its turn
   * grows meanwhile, where one that waits for a lock is only late.
   */
  turn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.execute(work);
  }

  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Answer<Row>> {
    return this.pool.query<Row>(prepared(text, values));
  }

  /** The whole of `work` or nothing. A connection that broke is thrown away. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // A connection may also break between two statements: without a listener that would end the process.
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    const tx = new Transaction(client);
    try {
      void tx.query('BEGIN');
      point('transaction:after-begin');
      const result = await work(tx);
      point('transaction:before-commit');
      await tx.commit();
      point('transaction:after-commit');
      return result;
    } catch (error) {
      // Over a connection that does not answer a ROLLBACK would wait as long again; the server rolls back what is left alone
      if (isUnanswered(error)) broken = error;
      else await client.query('ROLLBACK').catch((it: Error) => (broken = it));
      // Of statements that were asked together, those behind the one that failed only say that it did
      throw tx.failed ?? error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  tableOf(entity: EntityTarget<object>): string {
    return this.dataSource.getMetadata(entity).tableName;
  }

  /** Of a column, as its entity says. */
  typeOf(entity: EntityTarget<object>, property: string): unknown {
    return this.dataSource.getMetadata(entity).findColumnWithPropertyName(property)?.type;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

class Transaction implements Tx {
  /** The error of the first statement that failed. */
  failed: Error | undefined;

  constructor(private readonly client: PoolClient) {}

  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Answer<Row>> {
    const answer = this.client.query<Row>(prepared(text, values));
    answer.catch((error: Error) => (this.failed ??= error));
    return answer;
  }

  send(text: string, values: readonly unknown[]): void {
    void this.query(text, values);
  }

  async commit(): Promise<void> {
    const { command } = await this.client.query('COMMIT');
    // A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error
    if (command !== 'COMMIT') throw this.failed ?? new Error('the transaction was rolled back');
  }
}

/** Past so many texts a statement is planned each time: a connection keeps what it has prepared. */
const PREPARED_MAX = 1_000;
const names = new Map<string, string>();

/** Planning a batch's statement costs more than running it: it is prepared under a name of its text. */
export function prepared(text: string, values?: readonly unknown[]): { text: string; values?: unknown[]; name?: string } {
  if (values === undefined) return { text };
  let name = names.get(text);
  if (name === undefined && names.size < PREPARED_MAX) names.set(text, (name = `s${names.size}`));
  return { text, values: values as unknown[], ...(name !== undefined && { name }) };
}

export const STATEMENT_MS_MAX = 60_000;
/** The server cannot tell of its time-out over a dead network: the client has one of its own, a little later. */
const ANSWER_GRACE_MS = 5_000;

/**
 * enable_seqscan=off: what a service asks is found by an index, and a plan that was made while a table was new would go on reading all of it.
 * enable_bitmapscan=off: where a table's statistics are old, the first 500 free codes were all of them, sorted, and not the index in its order.
 * No parallel workers: to start them took 13 ms of each look at a log of a million rows, which by the index takes 0.05.
 * Keepalives: the server notices within 45 s that its client's network is gone, not after two hours.
 */
export const SESSION_OPTIONS =
  '-c jit=off -c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c enable_bitmapscan=off -c TimeZone=UTC -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';
/** The same from the client's side: it asks after so long a silence, and gives up after ten seconds. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

export interface DatabaseOptions {
  readonly url: string;
  readonly entities: readonly EntityTarget<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** At most so many at once; default CONNECTIONS.usual. */
  readonly connections?: number;
  /** What a statement may take; default STATEMENT_MS_MAX. */
  readonly statementMs?: number;
  readonly onPoolError?: (error: Error) => void;
}

/** Opens a service's database and brings its schema up to date. @throws Error where the database cannot be reached or is newer than this code. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, entities, migrations, connections = CONNECTIONS.usual, statementMs = STATEMENT_MS_MAX, onPoolError } = options;
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...entities] as never,
    migrations: [ShellTables1, ShellLanes2, ...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    poolErrorHandler: (error: Error) => onPoolError?.(error),
    // TimeZone: the days of partitions are UTC's. jit=off: planning a set-based statement with it costs 25 times the statement (measured, 1,088 against 26,330 rows a second)
    extra: {
      pipeline: true,
      stream: () => new FlightSocket(),
      max: connections,
      connectionTimeoutMillis: 10_000,
      statement_timeout: statementMs,
      query_timeout: statementMs + ANSWER_GRACE_MS,
      ...KEEP_ALIVE,
      options: `${SESSION_OPTIONS} -c idle_in_transaction_session_timeout=60000`,
    },
  });
  await dataSource.initialize();
  const { driver } = dataSource;
  if (!(driver instanceof PostgresDriver)) throw new Error('the database is not PostgreSQL');
  const pool = driver.master as Pool;
  try {
    await migrate(dataSource, pool);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return new Database(dataSource, pool);
}

/** Any number that no other advisory lock of the database uses. */
const MIGRATION_LOCK = 7_320_003;

/** One replica at a time: two that start on an empty database would both make its tables. */
async function migrate(dataSource: DataSource, pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await refuseNewerSchema(dataSource);
    await dataSource.runMigrations();
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    // Thrown away: a connection that failed may still hold the lock
    client.release(true);
  }
}

async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map((it) => it.name ?? it.constructor.name));
  const applied = await dataSource.query<{ name: string }[]>(`SELECT name FROM migration`).catch((): { name: string }[] => []); // the first start has no such table
  const unknown = applied.map((it) => it.name).filter((it) => !known.has(it));
  if (unknown.length > 0) throw new NewerSchema(unknown);
}

export class NewerSchema extends Error {
  constructor(readonly unknown: readonly string[]) {
    super(
      `The data was written by a newer version (it has the migrations ${unknown.join(', ')}). Start that version, or choose another data folder.`,
    );
  }
}

/** The server's circumstances, not the data: no connection, no access (a password that is being changed), a standby, no disk, a lock, an operator. */
const TRANSIENT_CLASSES = ['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'XX'];
const TRANSIENT_ERRNOS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const TRANSIENT_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|not queryable|Cannot use a pool after|server closed the connection/i;

const codeOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

/** An error that may pass by itself: the connection, a deadlock, a full disk; not the data. */
export const isTransient = (error: unknown): boolean =>
  TRANSIENT_ERRNOS.has(codeOf(error)) ||
  (codeOf(error).length === 5 && TRANSIENT_CLASSES.includes(codeOf(error).slice(0, 2))) ||
  (error instanceof Error && TRANSIENT_WORDS.test(error.message));

/** The client has waited for an answer in vain; what runs on the server, and whether it still can be reached, is not known. */
const isUnanswered = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout';

/** There is no room on the database's disk, be it for a table or for its log. */
export const isStorageFull = (error: unknown): boolean =>
  codeOf(error) === '53100' || (error instanceof Error && /No space left on device/.test(error.message));

/** Another transaction was in the way: the same batch may pass at once. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(codeOf(error));

/** Another transaction has made the same row meanwhile. */
export const isUnique = (error: unknown): boolean => codeOf(error) === '23505';

/** The database refuses what one command of the batch wants: a unique, check, foreign key or not-null constraint. */
export const isConstraint = (error: unknown): boolean => codeOf(error).startsWith('23');

export const answers = (database: Pick<Database, 'pool'>): Promise<boolean> =>
  database.pool.query('SELECT 1').then(
    () => true,
    () => false,
  );
