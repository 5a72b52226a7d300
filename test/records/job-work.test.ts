import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Progress } from '../../src/contract/job.ts';
import { onEachDatabase, webhook } from './databases.ts';

const summary = { code: 'no-port-problem', headline: 'Nothing found', text: 'Nothing was found.' };
const progress = (packets: number): Progress => ({
  stage: 'reading',
  bytes: 10,
  totalBytes: 100,
  packets,
  percent: 10,
  etaSeconds: 9,
});
const done: Progress = { stage: 'done', bytes: 100, totalBytes: 100, packets: 7, percent: 100, etaSeconds: 0 };

onEachDatabase('the work on jobs', (open) => {
  const { aJob, started, silence } = open;

  it('takes a job from queued to its end, once', async () => {
    const { records } = open;
    const id = await started({ webhook });
    assert.equal(await records.jobs.heartbeat(id, 'worker', progress(5)), 'go-on');
    assert.equal((await records.jobs.find(id))!.progress.packets, 5);
    assert.equal(await records.jobs.standing(id, 'worker'), 'go-on');
    assert.equal(await records.jobs.standing(id, 'another'), 'lost');
    assert.equal(await records.jobs.finish(id, 'another', { status: 'cancelled' }), null);

    const ends = await Promise.all(
      [0, 1, 2].map(() => records.jobs.finish(id, 'worker', { status: 'completed', summary, progress: done })),
    );
    const [ended, ...others] = ends.sort((a, b) => Number(b !== null) - Number(a !== null));
    assert.deepEqual(others, [null, null]);
    assert.equal(ended!.job.status, 'completed');
    assert.deepEqual(ended!.job.summary, summary);
    assert.deepEqual(ended!.job.progress, done);
    assert.equal(ended!.job.tries, 1);
    assert.ok(ended!.job.finishedAt! >= ended!.job.startedAt!);

    const [delivery] = await records.deliveries.ofJob(id);
    assert.equal(delivery!.id, ended!.deliveryId);
    assert.equal(await records.jobs.heartbeat(id, 'worker', progress(9)), 'lost');
    assert.deepEqual(await records.jobs.start(id, 'worker'), { outcome: 'over' });
    const { job } = (await records.jobs.cancel(id))!;
    assert.deepEqual([job.status, job.cancelRequested], ['completed', false]);
  });

  it('gives a job to one of many that want it', async () => {
    const { records } = open;
    const { id } = await aJob();
    const takers = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => records.jobs.start(id, holder)));
    assert.deepEqual(takers.map(({ outcome }) => outcome).sort(), ['busy', 'busy', 'busy', 'started']);
  });

  it('lets another take over from a holder that is silent, and not from one that was', async () => {
    const { database, records } = open;
    const id = await started({}, 'dead');
    assert.deepEqual(await records.jobs.start(id, 'next'), { outcome: 'busy' });
    await silence(id);
    assert.equal(await records.jobs.heartbeat(id, 'dead', progress(1)), 'go-on');
    assert.deepEqual(await records.jobs.start(id, 'next'), { outcome: 'busy' });
    await silence(id);
    await database.query(`UPDATE portledger.job SET started_at = now() - interval '1 hour' WHERE id = $1`, [id]);
    const { startedAt } = (await records.jobs.find(id))!;
    const taken = await records.jobs.start(id, 'next');
    assert.ok(taken.outcome === 'started' && taken.job.tries === 2);
    assert.deepEqual(taken.job.startedAt, startedAt, 'it began when it began first');
    assert.equal(await records.jobs.heartbeat(id, 'dead', progress(1)), 'lost');
    assert.equal(await records.jobs.finish(id, 'dead', { status: 'cancelled' }), null);
    assert.equal(await records.jobs.handBack(id, 'dead'), false);
  });

  it('waits for no clock that was set back', async () => {
    const { database, records } = open;
    const [held, queued] = [await started({}, 'dead'), await aJob()];
    await database.query(
      `UPDATE portledger.job SET heartbeat_at = now() + interval '1 hour', offered_at = now() + interval '1 hour'
        WHERE id = ANY ($1::text[])`,
      [[held, queued.id]],
    );
    const named = await records.jobs.neglected(15);
    assert.ok(named.includes(held) && named.includes(queued.id));
    assert.deepEqual(await records.jobs.neglected(15), []);
    assert.equal((await records.jobs.start(held, 'next')).outcome, 'started');
  });

  it('takes a job back that a stopping worker returns, and does not count its try', async () => {
    const { database, records } = open;
    const id = await started();
    await database.query(`UPDATE portledger.job SET offered_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    assert.equal(await records.jobs.handBack(id, 'worker'), true);
    const job = (await records.jobs.find(id))!;
    assert.equal(job.status, 'queued');
    assert.equal(job.tries, 0);
    assert.ok(!(await records.jobs.neglected(30)).includes(id), 'it was offered just now');
    assert.equal((await records.jobs.start(id, 'next')).outcome, 'started');
  });

  it('cancels a queued job at once and flags an active one', async () => {
    const { records } = open;
    const queued = await aJob({ webhook });
    const ended = (await records.jobs.cancel(queued.id))!;
    assert.equal(ended.job.status, 'cancelled');
    assert.equal((await records.deliveries.find(ended.deliveryId!))!.jobId, queued.id);

    const id = await started({ webhook });
    const flagged = (await records.jobs.cancel(id))!;
    assert.equal(flagged.job.status, 'active');
    assert.equal(flagged.job.cancelRequested, true);
    assert.equal(flagged.deliveryId, null);
    assert.equal(await records.jobs.standing(id, 'worker'), 'cancel');
    assert.equal((await records.jobs.finish(id, 'worker', { status: 'cancelled' }))!.job.status, 'cancelled');
  });

  it('keeps why a job failed', async () => {
    const { records } = open;
    const id = await started();
    const failure = { code: 'capture-empty', detail: 'a.pcap is empty: 0 bytes' } as const;
    const ended = await records.jobs.finish(id, 'worker', { status: 'failed', failure });
    assert.deepEqual(ended!.job.failure, failure);
    assert.equal(ended!.deliveryId, null);
  });

  it('names neglected jobs once', async () => {
    const { database, records } = open;
    const queued = await aJob();
    const silent = await started();
    const alive = await started();
    await database.query(`UPDATE portledger.job SET offered_at = now() - interval '1 minute'`);
    await silence(silent);
    const named = await records.jobs.neglected(30);
    assert.ok(named.includes(queued.id) && named.includes(silent));
    assert.ok(!named.includes(alive));
    assert.deepEqual(await records.jobs.neglected(30), []);
  });

  it('queues again what its predecessor held', async () => {
    const { records } = open;
    const id = await started();
    await records.jobs.releaseAll();
    assert.equal((await records.jobs.find(id))!.status, 'queued');
  });
});
