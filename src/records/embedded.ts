/**
 * PostgreSQL in this process, on a folder that no other process may open (the data directory's lock sees to that).
 * There is one session underneath, so whoever wants several statements in a row holds it meanwhile.
 */
import { existsSync, statfsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { PortledgerError } from '../errors.ts';
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

/** Segments of the log that a checkpoint keeps for what comes next. */
const KEPT_LOG = ['-c', 'min_wal_size=32MB', '-c', 'max_wal_size=64MB'];

/**
 * Creates the database when the folder is not there yet, which takes seconds and some 800 MB for a moment. Throws
 * `unavailable`, as every call later does, while the disk has no room for it.
 */
export async function openEmbedded(folder: string): Promise<EmbeddedDatabase> {
  const { PGlite } = await import('@electric-sql/pglite');
  if (!existsSync(folder)) await createIn(folder, (part) => PGlite.create(part));
  needRoom(folder, ROOM_BYTES);
  const startParams = [...PGlite.defaultStartParams, ...KEPT_LOG];
  const lite = await PGlite.create(folder, { parsers: { [INT8]: String }, startParams });
  const session = sessionOf(lite, folder);
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
  needRoom(dirname(folder), NEW_BYTES);
  await rm(part, { recursive: true, force: true });
  await (await create(part)).close();
  await rename(part, folder);
}

function sessionOf(lite: PGlite, folder: string): Session {
  const raw: Queryable = { query: (sql, values) => queryOn(lite, sql, values) };
  let turns = 0;
  const afterTurn = async () => {
    if (++turns % CHECK_LOG_EVERY === 0) await checkpointIfDue(raw);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    exclusive(work) {
      const turn = last.then(() => {
        needRoom(folder, ROOM_BYTES);
        return work(raw);
      });
      last = turn.then(afterTurn).catch(() => undefined);
      return turn.catch(unhurried);
    },
    onNotification: (listener) => void lite.onNotification(listener),
  };
}

/** Two segments of the log. */
const ROOM_BYTES = 32 * 2 ** 20;
/** A new database has 40 MB. */
const NEW_BYTES = 40 * 2 ** 20 + ROOM_BYTES;

/**
 * A server that cannot write its log panics and starts anew. Here the one thread would wait for ever for a lock that it
 * holds itself, and the whole service with it: so nothing is begun that may need another segment when there is no room.
 */
function needRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const message = `the disk of ${folder} has ${bavail * bsize} bytes free, the database needs ${bytes}`;
  throw new PortledgerError('unavailable', message);
}

/** Whoever asks again at once gets no answer that costs nothing: it would ask without end and leave no time for others. */
async function unhurried(error: unknown): Promise<never> {
  if (error instanceof PortledgerError && error.code === 'unavailable') await delay(REFUSAL_MS);
  throw error;
}

const REFUSAL_MS = 200;

/** Turns at the session, each of which writes some KiB. */
const CHECK_LOG_EVERY = 250;
const CHECKPOINT_BYTES = 16 * 2 ** 20;

/**
 * A server has a process for that; here nobody does it, and the log would grow until the service stops, and with it the
 * time that a start takes after a kill.
 */
async function checkpointIfDue(held: Queryable): Promise<void> {
  const { rows } = await held.query<{ due: boolean }>(
    'SELECT pg_current_wal_insert_lsn() - redo_lsn > $1::bigint AS due FROM pg_control_checkpoint()',
    [CHECKPOINT_BYTES],
  );
  if (rows[0]?.due === true) await held.query('CHECKPOINT');
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
