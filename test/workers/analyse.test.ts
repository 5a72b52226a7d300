import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Work, WorkParts } from '../../workers/main.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

describe('the work on jobs', () => {
  let shop: Workshop;
  let works: Work[] = [];

  before(async () => {
    shop = await openWorkshop();
  });
  after(() => shop.close());
  afterEach(async () => {
    await Promise.all(works.map((work) => work.stop()));
    works = [];
  });

  const work = (changes: Partial<WorkParts> = {}) => {
    const started = shop.work(changes);
    works.push(started);
    return started;
  };
  const failureOf = async (script: string) => {
    const job = await shop.ended(await shop.submit(script));
    assert.equal(job.status, 'failed', script);
    assert.ok(!shop.resultFolders().some((name) => name.startsWith(job.id)), 'nothing is left of its results');
    return { job, failure: job.failure! };
  };
  const crashesOf = (id: string) =>
    shop.logged.filter((line) => line.includes(id) && line.includes('an analysis crashed')).length;

  it('takes a job to its result', async () => {
    work();
    const job = await shop.ended(await shop.submit('ok'));
    assert.equal(job.status, 'completed');
    assert.deepEqual(job.summary, { code: 'no-port-problem', headline: 'Done', text: 'ok is done' });
    assert.deepEqual(job.progress, {
      stage: 'done',
      bytes: 100,
      totalBytes: 100,
      packets: 1000,
      percent: 100,
      etaSeconds: 0,
    });
    const report = readFileSync((await shop.results.path(job.id, 'report.json'))!, 'utf8');
    assert.deepEqual(JSON.parse(report), { deed: 'ok', names: ['script.pcap'] });
    assert.deepEqual(
      shop.resultFolders().filter((name) => name.startsWith(job.id)),
      [job.id],
    );
  });

  it('fails a job at once when its input is to blame', async () => {
    work();
    const { job, failure } = await failureOf('fail');
    assert.deepEqual(failure, { code: 'capture-not-recognised', detail: 'script.pcap is no capture' });
    assert.equal(job.tries, 1);
    assert.equal(crashesOf(job.id), 0);
  });

  it('tries a crashed analysis once more, and no more than that', async () => {
    work();
    for (const script of ['exit', 'throw']) {
      const { job, failure } = await failureOf(script);
      assert.equal(failure.code, 'analysis-crashed');
      assert.equal(crashesOf(job.id), 2);
      assert.ok(!JSON.stringify(job).includes('foresaw'), 'the cause is for the log alone');
    }
    const once = await shop.submit(`exit-once ${join(shop.root, 'marker')}`);
    assert.equal((await shop.ended(once)).status, 'completed');
    assert.equal(crashesOf(once), 1);
  });

  it('ends an analysis that takes too much memory, on the heap or beside it', async () => {
    work();
    for (const script of ['fill-heap', 'fill-arrays']) {
      assert.equal((await failureOf(script)).failure.code, 'analysis-memory', script);
    }
    assert.equal((await shop.ended(await shop.submit('ok'))).status, 'completed', 'and the next one is served');
  });

  it('ends an analysis that takes too long, though it says nothing', async () => {
    work({ timeoutSeconds: 1 });
    assert.equal((await failureOf('hang 60')).failure.code, 'analysis-time');
  });

  it('does not wait for a process that has said its last word and stays', async () => {
    work({ timeoutSeconds: 30 });
    assert.equal((await shop.ended(await shop.submit('stay'))).status, 'completed');
  });

  it('tells how far it is', async () => {
    work();
    const id = await shop.submit('spin 60');
    const job = await shop.until(id, ({ progress }) => progress.bytes === 50);
    assert.equal(job.progress.stage, 'reading');
    assert.equal(job.progress.percent, 47.5);
    assert.ok(job.progress.etaSeconds! >= 0);
    await shop.records.jobs.cancel(id);
    await shop.ended(id);
  });

  it('stops for a cancel while its process is busy', async () => {
    work();
    for (const script of ['spin 60', 'hang 60']) {
      const id = await shop.submit(script);
      await shop.until(id, ({ status }) => status === 'active');
      await shop.records.jobs.cancel(id);
      const job = await shop.ended(id);
      assert.equal(job.status, 'cancelled');
      assert.ok(!shop.resultFolders().some((name) => name.startsWith(id)));
    }
  });

  it('does nothing for a job that was cancelled or deleted before', async () => {
    const [cancelled, deleted] = [await shop.submit('ok'), await shop.submit('ok')];
    await shop.records.jobs.cancel(cancelled);
    await shop.records.jobs.remove(deleted);
    work();
    assert.equal((await shop.ended(await shop.submit('ok'))).status, 'completed');
    assert.equal((await shop.records.jobs.find(cancelled))!.status, 'cancelled');
    assert.equal(await shop.results.path(cancelled, 'report.json'), null);
    assert.equal(await shop.results.path(deleted, 'report.json'), null);
  });

  it('leaves nothing of a job that is deleted while it runs', async () => {
    work({ concurrency: 1 });
    const id = await shop.submit('spin 60');
    await shop.until(id, ({ status }) => status === 'active');
    await shop.records.jobs.remove(id);
    await shop.ended(await shop.submit('ok')); // the one place is free again
    assert.ok(!shop.resultFolders().some((name) => name.startsWith(id)));
  });

  it('lets a job end within the grace of a stop', async () => {
    const first = work({ graceSeconds: 60 });
    const id = await shop.submit('spin 1');
    await shop.until(id, ({ status }) => status === 'active');
    await first.stop();
    assert.equal((await shop.records.jobs.find(id))!.status, 'completed');
  });

  it('hands a job back at a stop, for another worker to begin it anew', async () => {
    const first = work({ graceSeconds: 0 });
    const id = await shop.submit('spin 3');
    await shop.until(id, ({ status }) => status === 'active');
    await first.stop();
    const waiting = (await shop.records.jobs.find(id))!;
    assert.equal(waiting.status, 'queued');
    assert.equal(waiting.tries, 0);
    work();
    const job = await shop.ended(id);
    assert.equal(job.status, 'completed');
    assert.equal(job.tries, 1);
  });

  it('gives up a job whose workers keep dying', async () => {
    const id = await shop.job('ok');
    await shop.database.query('UPDATE portledger.job SET tries = 5 WHERE id = $1', [id]);
    await shop.queues.analyses.add(id);
    work();
    const job = await shop.ended(id);
    assert.equal(job.failure!.code, 'analysis-crashed');
    assert.match(job.failure!.detail, /lost 5 times/);
  });
});
