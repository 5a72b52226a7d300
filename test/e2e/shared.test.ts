/** One API and two workers as processes of their own, on PostgreSQL, with the queue in Redis and without one. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { skipPostgres, skipRedis, startPostgres, startRedis, type TestServer } from '../servers.ts';
import {
  analysesOf,
  canSeeChildren,
  type Environment,
  EXAMPLE,
  ended,
  freezeAnalysis,
  killIfThere,
  type RoleProcess,
  resultOf,
  startRole,
  submit,
  until,
} from './processes.ts';

const QUEUES = [
  { name: 'Redis', skip: skipPostgres || skipRedis, startQueue: startRedis },
  { name: 'PostgreSQL', skip: skipPostgres, startQueue: async () => null },
];

for (const { name, skip, startQueue } of QUEUES) {
  describe(`API and two workers, queue on ${name}`, { skip, timeout: 240_000 }, () => {
    const capture = readFileSync(EXAMPLE);
    const servers: TestServer[] = [];
    let folder: string;
    let environment: Environment;
    let api: RoleProcess;
    let workers: RoleProcess[];
    let undisturbed: string;

    const startWorker = () => startRole('worker', environment);

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'portledger-shared-'));
      // What an API spilled that was killed a day ago, and what one does that lives.
      mkdirSync(join(folder, 'tables', 'dead.part'), { recursive: true });
      mkdirSync(join(folder, 'tables', 'alive.part'));
      const yesterday = new Date(Date.now() - 86_400_000);
      utimesSync(join(folder, 'tables', 'dead.part'), yesterday, yesterday);
      const [database, queue] = await Promise.all([startPostgres(), startQueue()]);
      servers.push(database, ...(queue === null ? [] : [queue]));
      environment = {
        DATA_DIR: folder,
        DATABASE_URL: database.url,
        SHUTDOWN_SECONDS: '1',
        WORKER_CONCURRENCY: '1',
        ...(queue === null ? {} : { REDIS_URL: queue.url }),
      };
      // All at once on an empty database: whoever comes first makes the tables.
      [api, ...workers] = (await Promise.all([startRole('api', environment), startWorker(), startWorker()])) as [
        RoleProcess,
        ...RoleProcess[],
      ];
    });
    after(async () => {
      await Promise.all([api, ...workers].map((role) => role.end('SIGTERM')));
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    });

    it('removes what a killed API has spilled, and nothing of one that lives', () => {
      assert.deepEqual(readdirSync(join(folder, 'tables')), ['alive.part']);
    });

    it('finishes twenty jobs that come at once, each with the same report', async () => {
      const jobs = await Promise.all([...Array(20)].map(() => submit(api.url, capture)));
      for (const { id } of jobs) {
        const job = await ended(api.url, id);
        assert.equal(job.status, 'completed', JSON.stringify(job.error));
        undisturbed ??= await resultOf(api.url, id);
        assert.equal(await resultOf(api.url, id), undisturbed);
      }
      for (const { log } of workers) assert.match(log(), /a job ended/, 'each worker had its part');
    });

    it('finishes on the other worker what a killed one had begun', { skip: canSeeChildren }, async (context) => {
      const { id } = await submit(api.url, capture);
      const { worker, child } = await freezeAnalysis(workers.map(({ pid }) => pid));
      const killed = workers.find(({ pid }) => pid === worker)!;
      await killed.end('SIGKILL');
      const at = performance.now();
      const others = workers.filter((each) => each !== killed).map(({ pid }) => pid);
      while (others.every((pid) => analysesOf(pid).length === 0)) await delay(10);
      const seconds = (performance.now() - at) / 1000;
      context.diagnostic(`the other one had it after ${seconds.toFixed(1)} s`);
      const job = await ended(api.url, id);
      killIfThere(child);
      assert.equal(job.status, 'completed', JSON.stringify(job.error));
      assert.equal(await resultOf(api.url, id), undisturbed);
      assert.deepEqual(
        readdirSync(join(folder, 'results')).filter((entry) => entry.startsWith(id)),
        [id],
      );
      workers = [...workers.filter((each) => each !== killed), await startWorker()];
    });

    it('cancels what another process runs', { skip: canSeeChildren }, async () => {
      const { id } = await submit(api.url, capture);
      const { child } = await freezeAnalysis(workers.map(({ pid }) => pid));
      await fetch(`${api.url}/v1/jobs/${id}/cancel`, { method: 'POST' });
      await until(api.url, id, ({ status }) => status === 'cancelled');
      assert.throws(() => process.kill(child, 0), { code: 'ESRCH' });
    });

    it('hands the job of a stopping worker to the other', { skip: canSeeChildren }, async () => {
      const { id } = await submit(api.url, capture);
      const { worker } = await freezeAnalysis(workers.map(({ pid }) => pid));
      const stopping = workers.find(({ pid }) => pid === worker)!;
      assert.equal(await stopping.end('SIGTERM'), 0);
      assert.equal((await ended(api.url, id)).status, 'completed');
      assert.equal(await resultOf(api.url, id), undisturbed);
      workers = [...workers.filter((each) => each !== stopping), await startWorker()];
    });

    it('takes captures while no worker is there, for those that come', async () => {
      await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
      const { id } = await submit(api.url, capture);
      workers = [await startWorker()];
      assert.equal((await ended(api.url, id)).status, 'completed');
    });
  });
}
