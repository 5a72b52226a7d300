import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openResultDirectory } from '../../src/store/result-directory.ts';
import type { ResultStore } from '../../src/store/store.ts';

describe('results in a directory', () => {
  let root: string;
  let store: ResultStore;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'portledger-results-'));
    store = await openResultDirectory({ root, sweepUntouchedSeconds: 0 });
  });
  after(() => rmSync(root, { recursive: true }));

  const folders = () => readdirSync(join(root, 'results'));

  it('shows results when they are complete, all at once', async () => {
    const job = randomUUID();
    const pending = await store.create(job);
    writeFileSync(join(pending.path, 'report.json'), '{}');
    writeFileSync(join(pending.path, 'ports.parquet'), 'PAR1');
    assert.equal(await store.path(job, 'report.json'), null);
    await pending.commit();
    assert.equal(readFileSync((await store.path(job, 'report.json'))!, 'utf8'), '{}');
    assert.equal(await store.path(job, 'sessions.parquet'), null);
    assert.equal(statSync(join(root, 'results', job)).mode & 0o777, 0o700);
    await store.delete(job);
    assert.equal(await store.path(job, 'report.json'), null);
    await store.delete(job);
  });

  it('keeps the first of two results of one job', async () => {
    const job = randomUUID();
    const [first, second] = [await store.create(job), await store.create(job)];
    writeFileSync(join(first.path, 'report.json'), '1');
    writeFileSync(join(second.path, 'report.json'), '2');
    await first.commit();
    await second.commit();
    assert.equal(readFileSync((await store.path(job, 'report.json'))!, 'utf8'), '1');
    assert.deepEqual(folders(), [job]);
    await store.delete(job);
  });

  it('leaves nothing of results that are given up', async () => {
    const pending = await store.create(randomUUID());
    writeFileSync(join(pending.path, 'report.json'), '{}');
    await pending.abort();
    assert.deepEqual(folders(), []);
  });

  it('reaches nothing outside its folder', async () => {
    for (const id of ['..', '../captures', 'x\0', '']) {
      assert.equal(await store.path(id, 'report.json'), null);
      await assert.rejects(async () => store.delete(id), /not the id of a job/);
      await assert.rejects(async () => store.create(id), /not the id of a job/);
    }
    for (const file of ['..', '../x', 'a/b.json', '.json', 'report.json\0']) {
      assert.equal(await store.path(randomUUID(), file), null);
    }
  });

  it('sweeps what dead workers left of one job, and nothing else', async () => {
    const [job, other] = [randomUUID(), randomUUID()];
    for (const id of [job, job, other]) await store.create(id);
    await (await store.create(job)).commit();
    await store.sweepJob(job);
    assert.deepEqual(
      folders()
        .map((name) => name.slice(0, 36))
        .sort(),
      [job, other].sort(),
    );
    await store.sweep(0);
    assert.deepEqual(folders(), [job], 'what was committed is no leftover');
    await store.delete(job);
  });

  it('sweeps what a dead worker left', async () => {
    await store.create(randomUUID());
    assert.equal(folders().length, 1);
    await openResultDirectory({ root, sweepUntouchedSeconds: 3600 });
    assert.equal(folders().length, 1);
    await openResultDirectory({ root, sweepUntouchedSeconds: 0 });
    assert.deepEqual(folders(), []);
  });
});
