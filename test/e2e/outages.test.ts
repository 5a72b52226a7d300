/** The servers underneath go away for a while, under a running API and worker. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import {
  skipPostgres,
  skipPrivateRedis,
  startPostgres,
  startPrivateRedis,
  type TestRedis,
  type TestServer,
} from '../servers.ts';
import { type Environment, EXAMPLE, ended, type RoleProcess, startRole, submit, until } from './processes.ts';

const capture = readFileSync(EXAMPLE);

/** An API and one worker on what the test gives them. */
class Pair {
  readonly folder = mkdtempSync(join(tmpdir(), 'portledger-outage-'));
  api!: RoleProcess;
  worker!: RoleProcess;

  async start(environment: Environment): Promise<void> {
    const common = { DATA_DIR: this.folder, SHUTDOWN_SECONDS: '1', WORKER_CONCURRENCY: '1', ...environment };
    [this.api, this.worker] = await Promise.all([startRole('api', common), startRole('worker', common)]);
  }

  async stop(): Promise<void> {
    const statuses = await Promise.all([this.api.end('SIGTERM'), this.worker.end('SIGTERM')]);
    rmSync(this.folder, { recursive: true });
    assert.deepEqual(statuses, [0, 0]);
  }
}

describe('Redis is killed and comes back', { skip: skipPostgres || skipPrivateRedis, timeout: 120_000 }, () => {
  const pair = new Pair();
  let database: TestServer;
  let redis: TestRedis;

  before(async () => {
    [database, redis] = await Promise.all([startPostgres(), startPrivateRedis()]);
    await pair.start({ DATABASE_URL: database.url, REDIS_URL: redis.url });
  });
  after(() => Promise.all([database.stop(), redis.stop()]));

  it('under waiting jobs, and none of them is lost, nor those that come meanwhile', async () => {
    const { url } = pair.api;
    const before = await Promise.all([...Array(5)].map(() => submit(url, capture)));
    await until(url, before[0]!.id, ({ status }) => status !== 'queued');
    await redis.kill();
    const during = await submit(url, capture); // the record stands, the queue learns of it later
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    await redis.start();
    for (const { id } of [...before, during]) {
      const job = await ended(url, id);
      assert.equal(job.status, 'completed', JSON.stringify(job.error));
    }
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });

  it('and does not come back: whoever is told to stop does', async () => {
    await redis.kill();
    await pair.stop();
  });
});

describe('PostgreSQL cuts every connection', { skip: skipPostgres, timeout: 120_000 }, () => {
  const pair = new Pair();
  let database: TestServer;

  before(async () => {
    database = await startPostgres();
    await pair.start({ DATABASE_URL: database.url });
  });
  after(async () => {
    await pair.stop();
    await database.stop();
  });

  async function cutConnections(): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await client.end();
  }

  it('and the next jobs are done, also the one that was running', async () => {
    const { url } = pair.api;
    assert.equal((await ended(url, (await submit(url, capture)).id)).status, 'completed');
    const running = await submit(url, capture);
    await until(url, running.id, ({ status }) => status === 'active');
    await cutConnections();
    const next = await submit(url, capture);
    for (const { id } of [running, next]) {
      const job = await ended(url, id);
      assert.equal(job.status, 'completed', JSON.stringify(job.error));
    }
  });
});
