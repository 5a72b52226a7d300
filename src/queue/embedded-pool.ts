/**
 * A connection pool, as BullMQ wants one, over a database that has one session: its clients are turns at that session.
 * BEGIN takes the session for a client until COMMIT or ROLLBACK; notifications go to all clients, since each
 * may have said LISTEN.
 */
import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

interface Turn {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[]; readonly count: number }>;
}

/** One session that several share by turns. */
export interface SharedSession {
  exclusive<T>(work: (turn: Turn) => Promise<T>): Promise<T>;
  onNotification(listener: (channel: string, payload: string) => void): void;
}

/** The session's search path becomes BullMQ's: whoever else uses it names its schema. */
export async function embeddedPool(session: SharedSession): Promise<PgPool & EventEmitter> {
  const pool = new EmbeddedPool(session);
  await pool.query('SET search_path TO bullmq');
  return pool;
}

class EmbeddedPool extends EventEmitter implements PgPool {
  /** BullMQ reads these of a pool: it may wait long, since this connection cannot drop unseen. */
  readonly options = { keepAlive: true, max: 10 };
  readonly #session: SharedSession;
  readonly #clients = new Set<EmbeddedClient>();

  constructor(session: SharedSession) {
    super();
    this.#session = session;
    session.onNotification((channel, payload) => {
      for (const client of this.#clients) client.emit('notification', { channel, payload });
    });
  }

  query<Row>(sql: string, values?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return this.#session.exclusive((turn) => ask<Row>(turn, sql, values));
  }

  async connect(): Promise<EmbeddedClient> {
    const client = new EmbeddedClient(this.#session, () => this.#clients.delete(client));
    client.setMaxListeners(0);
    this.#clients.add(client);
    return client;
  }

  async end(): Promise<void> {
    this.#clients.clear();
  }
}

const BEGINS = /^\s*BEGIN\b/i;
const ENDS = /^\s*(COMMIT|ROLLBACK)\b/i;

class EmbeddedClient extends EventEmitter implements PgPoolClient {
  readonly #session: SharedSession;
  readonly #forget: () => void;
  #held: { turn: Turn; end: () => void } | null = null;

  constructor(session: SharedSession, forget: () => void) {
    super();
    this.#session = session;
    this.#forget = forget;
  }

  async query<Row>(sql: string, values?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    if (this.#held === null && !BEGINS.test(sql)) return this.#session.exclusive((turn) => ask<Row>(turn, sql, values));
    this.#held ??= await this.#hold();
    try {
      return await ask<Row>(this.#held.turn, sql, values);
    } finally {
      if (ENDS.test(sql)) this.#letGo();
    }
  }

  #hold(): Promise<{ turn: Turn; end: () => void }> {
    return new Promise((resolve, reject) => {
      this.#session.exclusive((turn) => new Promise<void>((end) => resolve({ turn, end }))).catch(reject);
    });
  }

  #letGo(): void {
    this.#held?.end();
    this.#held = null;
  }

  release(): void {
    this.#letGo();
    this.#forget();
  }
}

async function ask<Row>(turn: Turn, sql: string, values: readonly unknown[] = []): Promise<PgQueryResult<Row>> {
  const { rows, count } = await turn.query<Row>(sql, values);
  return { rows, rowCount: count };
}
