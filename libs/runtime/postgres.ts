import { Pool, type PoolClient } from 'pg';
import { DataSource, type EntityTarget, type MigrationInterface } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { point } from './fault';
import { ShellTables1 } from './shell-tables';

export type Tx = PoolClient;

/** A service's own database: TypeORM for entities and migrations, its pool for SQL that is written as SQL. */
export class Database {
  constructor(
    readonly dataSource: DataSource,
    readonly pool: Pool,
  ) {}

  /** The whole of `work` or nothing. A connection that broke is thrown away. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const tx = await this.pool.connect();
    let broken: Error | undefined;
    // A connection may also break between two statements: without a listener that would end the process.
    const onError = (error: Error) => (broken = error);
    tx.on('error', onError);
    try {
      await tx.query('BEGIN');
      const result = await work(tx);
      await tx.query('COMMIT');
      point('transaction:after-commit');
      return result;
    } catch (error) {
      await tx.query('ROLLBACK').catch((it: Error) => (broken = it));
      throw error;
    } finally {
      tx.off('error', onError);
      tx.release(broken);
    }
  }

  tableOf(entity: EntityTarget<object>): string {
    return this.dataSource.getMetadata(entity).tableName;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

export interface DatabaseOptions {
  readonly url: string;
  readonly entities: readonly EntityTarget<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly connections?: number;
  readonly onPoolError?: (error: Error) => void;
}

/** Opens a service's database and brings its schema up to date. @throws Error where the database cannot be reached or is newer than this code. */
export async function openDatabase({ url, entities, migrations, connections = 12, onPoolError }: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...entities] as never,
    migrations: [ShellTables1, ...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    poolErrorHandler: (error: Error) => onPoolError?.(error),
    // jit=off: planning a set-based statement with it costs 25 times the statement (measured, 1,088 against 26,330 rows a second)
    extra: {
      max: connections,
      connectionTimeoutMillis: 10_000,
      statement_timeout: 60_000,
      options: '-c jit=off -c idle_in_transaction_session_timeout=60000',
    },
  });
  await dataSource.initialize();
  await refuseNewerSchema(dataSource);
  await dataSource.runMigrations();
  const { driver } = dataSource;
  if (!(driver instanceof PostgresDriver)) throw new Error('the database is not PostgreSQL');
  return new Database(dataSource, driver.master as Pool);
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

const TRANSIENT_CLASSES = ['08', '40', '53', '57', '55'];
const TRANSIENT_ERRNOS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const TRANSIENT_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Cannot use a pool after|server closed the connection/i;

const codeOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

/** An error that may pass by itself: the connection, a deadlock, a full disk; not the data. */
export const isTransient = (error: unknown): boolean =>
  TRANSIENT_ERRNOS.has(codeOf(error)) ||
  (codeOf(error).length === 5 && TRANSIENT_CLASSES.includes(codeOf(error).slice(0, 2))) ||
  (error instanceof Error && TRANSIENT_WORDS.test(error.message));

/** Another transaction was in the way: the same batch may pass at once. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(codeOf(error));

/** The database refuses what one command of the batch wants: a unique, check, foreign key or not-null constraint. */
export const isConstraint = (error: unknown): boolean => codeOf(error).startsWith('23');
