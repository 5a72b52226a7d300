/** BullMQ, in the few words that are needed of it, and the two places where its queues can live. */
import { type EventEmitter, once } from 'node:events';
import { createPostgresBackend, type PgPool, type Processor, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { embeddedPool, type SharedSession } from './embedded-pool.ts';

/** Redis: the installation's name keeps services apart that share it. PostgreSQL: the schema `bullmq` does. */
export type QueuePlace =
  | { readonly kind: 'redis'; readonly url: string; readonly installation: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly session: SharedSession };

type AnyQueue = Pick<
  Queue,
  'add' | 'addBulk' | 'remove' | 'getJobCounts' | 'obliterate' | 'close' | 'waitUntilReady'
> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

type AnyWorker = Pick<Worker, 'close' | 'waitUntilReady'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

export interface Bull {
  queue(name: string): AnyQueue;
  worker(name: string, concurrency: number, processor: Processor): AnyWorker;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A killed worker's job restarts when its lock has expired and two checks have seen it. Its record counts how often
 * that may happen, so BullMQ's own limit is out of reach.
 */
const workerOptions = (concurrency: number) => ({
  concurrency,
  lockDuration: 5000,
  stalledInterval: 1000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1000,
});

/** Nobody listens to events here, so few are kept. */
const streams = { events: { maxLen: 100 } };

export async function openBull(place: QueuePlace, onError: (error: Error) => void): Promise<Bull> {
  if (place.kind === 'redis') return onRedis(place.url, `portledger-${place.installation}`, onError);
  return onPostgres(place.kind === 'postgres' ? serverPool(place.url) : await embeddedPool(place.session), onError);
}

/** Producers fail fast, workers wait for ever: so says the queue's manual, and a client of the API wants the first. */
function onRedis(url: string, prefix: string, onError: (error: Error) => void): Bull {
  const producer = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const connection of [producer, consumer]) connection.on('error', onError);
  return {
    queue: (name) => new Queue(name, { connection: producer, prefix, streams }),
    worker: (name, concurrency, processor) =>
      new Worker(name, processor, { connection: consumer, prefix, ...workerOptions(concurrency) }),
    async ping() {
      if (producer.status !== 'ready') await once(producer, 'ready');
      await producer.ping();
    },
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

const SCHEMA = 'bullmq';

/** `onConnect` and not the connection's `options`: those of the URL would win, and poolers refuse them. */
function serverPool(connectionString: string): PgPool & EventEmitter {
  const onConnect = async (client: pg.ClientBase) => {
    await client.query(`SET search_path TO ${SCHEMA}`);
  };
  const pool = new pg.Pool({ connectionString, max: 10, keepAlive: true, connectionTimeoutMillis: 5000, onConnect });
  return pool as unknown as PgPool & EventEmitter; // BullMQ's own words for a pool, which the overloads of pg's types do not match
}

async function onPostgres(pool: PgPool & EventEmitter, onError: (error: Error) => void): Promise<Bull> {
  pool.on('error', onError);
  pool.setMaxListeners(0); // every queue and worker adds one of its own
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  return {
    queue: (name) => new Queue(name, { connection: pool, streams }, createPostgresBackend),
    worker: (name, concurrency, processor) =>
      new Worker(name, processor, { connection: pool, ...workerOptions(concurrency) }, createPostgresBackend),
    ping: () => pool.query('SELECT 1'),
    async close() {
      // What a connection says after it was given up is no news.
      pool.removeAllListeners('error').on('error', () => undefined);
      await pool.end();
    },
  };
}
