/** `serve` on nothing but a folder: what is promised of it when it is killed, started twice, told to stop. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  canSeeChildren,
  EXAMPLE,
  ended,
  freezeAnalysis,
  jobAt,
  killIfThere,
  type RoleProcess,
  refusedRole,
  resultOf,
  startRole,
  submit,
  until,
} from './processes.ts';

describe('serve on a folder of its own', { timeout: 180_000 }, () => {
  const capture = readFileSync(EXAMPLE);
  let folder: string;
  let service: RoleProcess;
  let undisturbed: string;

  const start = async () => {
    service = await startRole('serve', { DATA_DIR: folder, SHUTDOWN_SECONDS: '1' });
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portledger-serve-'));
    await start();
  });
  after(async () => {
    await service.end('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  it('takes a capture and gives the report', async () => {
    const { id } = await submit(service.url, capture);
    const job = await ended(service.url, id);
    assert.equal(job.status, 'completed', JSON.stringify(job.error));
    undisturbed = await resultOf(service.url, id);
    assert.equal(JSON.parse(undisturbed).summary.code, 'port-exhaustion');
  });

  it('refuses a second start on the folder with exit status 2, and names the folder', async () => {
    const { status, said } = await refusedRole('serve', { DATA_DIR: folder });
    assert.equal(status, 2);
    assert.ok(said.includes(folder), said);
    assert.equal((await fetch(`${service.url}/healthz`)).status, 200, 'the first one is not disturbed');
  });

  it('loses nothing when it is killed in the middle of a job', { skip: canSeeChildren }, async (context) => {
    const waiting: string[] = [];
    const { id } = await submit(service.url, capture, '&label.ticket=INC1');
    const { child } = await freezeAnalysis([service.pid]);
    for (let i = 0; i < 5; i++) waiting.push((await submit(service.url, capture)).id);
    assert.equal((await jobAt(service.url, id)).status, 'active');
    await service.end('SIGKILL');
    const at = performance.now();
    const since = () => `${((performance.now() - at) / 1000).toFixed(1)} s`;
    await start();
    context.diagnostic(`ready again after ${since()}`);
    await until(service.url, id, ({ status }) => status !== 'queued');
    context.diagnostic(`the job that was running is taken up again after ${since()}`);
    killIfThere(child);
    for (const each of [id, ...waiting]) {
      const job = await ended(service.url, each);
      assert.equal(job.status, 'completed', JSON.stringify(job.error));
      assert.equal(await resultOf(service.url, each), undisturbed);
    }
    const found = (await (await fetch(`${service.url}/v1/jobs?label.ticket=INC1`)).json()) as {
      jobs: { id: string }[];
    };
    assert.deepEqual(
      found.jobs.map((job) => job.id),
      [id],
    );
    assert.deepEqual(
      readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('ends an analysis within a second or so of its cancel', { skip: canSeeChildren }, async () => {
    const { id } = await submit(service.url, capture);
    const { child } = await freezeAnalysis([service.pid]);
    const asked = performance.now();
    assert.equal((await fetch(`${service.url}/v1/jobs/${id}/cancel`, { method: 'POST' })).status, 202);
    const job = await until(service.url, id, ({ status }) => status === 'cancelled');
    // Its process answers to nothing but SIGKILL.
    assert.ok(performance.now() - asked < 3000, `took ${performance.now() - asked} ms`);
    assert.throws(() => process.kill(child, 0), { code: 'ESRCH' });
    assert.equal(job.error, null);
    assert.equal((await fetch(`${service.url}/v1/jobs/${id}/result`)).status, 409);
  });

  it('stops at SIGTERM with status 0, and takes an unfinished job up again', { skip: canSeeChildren }, async () => {
    const { id } = await submit(service.url, capture);
    await freezeAnalysis([service.pid]);
    assert.equal(await service.end('SIGTERM'), 0);
    await start();
    assert.equal((await ended(service.url, id)).status, 'completed');
    assert.equal(await resultOf(service.url, id), undisturbed);
  });
});

describe('a data directory that cannot be', () => {
  it('is refused with exit status 2 and its name', async () => {
    for (const folder of [EXAMPLE, join(EXAMPLE, 'below'), ...(process.platform === 'linux' ? ['/proc/none'] : [])]) {
      const { status, said } = await refusedRole('serve', { DATA_DIR: folder });
      assert.equal(status, 2);
      assert.ok(said.includes(`DATA_DIR ${folder} cannot be used`), said);
    }
  });
});

describe('the roles apart', () => {
  it('need a database that they share, and say so', async () => {
    for (const role of ['api', 'worker'] as const) {
      const { status, said } = await refusedRole(role, {});
      assert.equal(status, 2);
      assert.match(said, /DATABASE_URL/);
    }
  });
});
