/**
 * A PostgreSQL database, however it is reached: two calls, one dialect. `int8` comes as text, `json` parsed,
 * `timestamptz` as Date, whichever implementation answers.
 */
import pg from 'pg';
import { PortledgerError } from '../errors.ts';

export interface Answer<Row> {
  readonly rows: Row[];
  /** Rows returned, or changed by a statement without RETURNING. */
  readonly count: number;
}

export interface Queryable {
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Answer<Row>>;
}

export interface Database extends Queryable {
  /** Commits what `work` did when it resolves, undoes it when it rejects. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A server. Nothing is connected until the first query. */
export function openPostgres(url: string, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({ connectionString: url, max: 10, keepAlive: true, connectionTimeoutMillis: 5000 });
  pool.on('error', onError);
  return {
    query: (sql, values) => queryOn(pool, sql, values),
    transaction: (work) => transactOn(pool, work),
    async close() {
      // `end` does not wait for the server's side: what a connection says after it was given up is no news.
      pool.off('error', onError).on('error', () => undefined);
      await pool.end();
    },
  };
}

async function queryOn<Row>(
  target: pg.Pool | pg.PoolClient,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Answer<Row>> {
  try {
    // Without values the simple protocol is used, which takes several statements at once (migrations).
    const answer = values.length === 0 ? await target.query(sql) : await target.query(sql, [...values]);
    return { rows: answer.rows as Row[], count: answer.rowCount ?? 0 };
  } catch (error) {
    throw asUnavailable(error);
  }
}

async function transactOn<T>(pool: pg.Pool, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asUnavailable(error);
  });
  // A connection that is cut tells the query that waits on it, and emits: without a listener that ends the process.
  const cut = () => undefined;
  client.on('error', cut);
  const transaction: Queryable = { query: (sql, values) => queryOn(client, sql, values) };
  let broken: unknown;
  try {
    await transaction.query('BEGIN');
    const result = await work(transaction);
    await transaction.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: unknown) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off('error', cut);
    client.release(broken !== undefined);
  }
}

/** SQLSTATE classes of a connection that is lost or refused: 08, 53 (too many), 57P (shut down). */
const SQLSTATE = /^[0-9A-Z]{5}$/;
const LOST = /^(08|53|57P)/;

/** An answer of the database stays what it is; no answer becomes `unavailable`. */
function asUnavailable(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && SQLSTATE.test(code) && !LOST.test(code)) return error;
  return new PortledgerError('unavailable', 'the database does not answer', { cause: error });
}
