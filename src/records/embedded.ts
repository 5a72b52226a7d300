/**
 * PostgreSQL in this process, on a folder that no other process may open (the data directory's lock sees to that).
 * There is one session underneath, so whoever wants several statements in a row holds it meanwhile.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { Answer, Database, Queryable } from './database.ts';

/** The session itself, for the queue that lives in the same database. */
export interface Session {
  /** Waits until nobody else holds the session; what `work` is given is to be used until it settles. */
  exclusive<T>(work: (session: Queryable) => Promise<T>): Promise<T>;
  onNotification(listener: (channel: string, payload: string) => void): void;
}

export interface EmbeddedDatabase extends Database {
  readonly session: Session;
}

const INT8 = 20;

/** Creates the database when the folder is not there yet, which takes seconds and some 800 MB for a moment. */
export async function openEmbedded(folder: string): Promise<EmbeddedDatabase> {
  const { PGlite } = await import('@electric-sql/pglite');
  if (!existsSync(folder)) await createIn(folder, (part) => PGlite.create(part));
  const lite = await PGlite.create(folder, { parsers: { [INT8]: String } });
  const session = sessionOf(lite);
  return {
    session,
    query: (sql, values) => session.exclusive((held) => held.query(sql, values)),
    transaction: (work) => session.exclusive((held) => transact(held, work)),
    close: () => session.exclusive(() => lite.close()),
  };
}

/** Under another name first: PGlite would go on with what a process that was killed meanwhile has left half made. */
async function createIn(folder: string, create: (part: string) => Promise<PGlite>): Promise<void> {
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await (await create(part)).close();
  await rename(part, folder);
}

function sessionOf(lite: PGlite): Session {
  const raw: Queryable = { query: (sql, values) => queryOn(lite, sql, values) };
  let last: Promise<unknown> = Promise.resolve();
  return {
    exclusive(work) {
      const turn = last.then(() => work(raw));
      last = turn.catch(() => undefined);
      return turn;
    },
    onNotification: (listener) => void lite.onNotification(listener),
  };
}

async function queryOn<Row>(lite: PGlite, sql: string, values: readonly unknown[] = []): Promise<Answer<Row>> {
  // As with a server: several statements at once only without values.
  const answer = values.length === 0 ? (await lite.exec(sql)).at(-1) : await lite.query(sql, [...values]);
  const rows = (answer?.rows ?? []) as Row[];
  return { rows, count: rows.length > 0 ? rows.length : (answer?.affectedRows ?? 0) };
}

async function transact<T>(held: Queryable, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  await held.query('BEGIN');
  try {
    const result = await work(held);
    await held.query('COMMIT');
    return result;
  } catch (error) {
    await held.query('ROLLBACK');
    throw error;
  }
}
