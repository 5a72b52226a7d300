import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { onEachDatabase, webhook } from './databases.ts';

const failsWith = (code: string) => (error: unknown) => (error as { code: string }).code === code;

onEachDatabase('jobs', (open) => {
  const { aCapture, aJob } = open;

  it('makes a job with all that was asked, in the order given', async () => {
    const { records } = open;
    const captures = [await aCapture('capture', '2.pcap'), await aCapture('capture', '1.pcap')];
    const evidence = await aCapture('evidence', 'netstat.txt');
    const job = await aJob({
      captures: captures.map(({ id }) => ({ id, owned: false })),
      evidence: [{ id: evidence.id, owned: false }],
      options: { clients: ['10.0.0.1'], events: [{ time: '2026-03-01T14:05:00Z', text: 'a\0b' }] },
      labels: { ticket: 'INC1', zone: 'süd' },
      webhook,
    });
    assert.equal(job.status, 'queued');
    assert.deepEqual(
      job.captures.map((capture) => capture.name),
      ['2.pcap', '1.pcap'],
    );
    assert.equal(job.evidence[0]!.id, evidence.id);
    assert.deepEqual(job.options.events, [{ time: '2026-03-01T14:05:00Z', text: 'a\0b' }]);
    assert.deepEqual(job.labels, { ticket: 'INC1', zone: 'süd' });
    assert.deepEqual(job.webhook, webhook);
    assert.equal(job.progress.stage, 'waiting');
    assert.deepEqual(await records.jobs.find(job.id), job);
  });

  it('refuses a job on what is no capture, and leaves nothing of it', async () => {
    const { records } = open;
    const evidence = await aCapture('evidence');
    const before = await records.jobs.countByStatus();
    for (const id of [randomUUID(), evidence.id, 'nonsense\0']) {
      await assert.rejects(aJob({ captures: [{ id, owned: false }] }), failsWith('capture-not-found'));
    }
    await assert.rejects(aJob({ labels: { ticket: 'a\0' } }), failsWith('option-invalid'));
    assert.deepEqual(await records.jobs.countByStatus(), before);
  });

  it('finds jobs by labels and status, newest first, over pages', async () => {
    const { records } = open;
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.push((await aJob({ labels: { run: 'list', parity: String(i % 2) } })).id);
    await records.jobs.cancel(made[4]!);

    const walked: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.jobs.list({ labels: { run: 'list' }, limit: 2, cursor });
      walked.push(...page.jobs.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(walked, [...made].reverse());
    assert.equal((await records.jobs.list({ labels: { run: 'list' }, limit: made.length })).nextCursor, null);

    const even = await records.jobs.list({
      labels: { run: 'list', parity: '0' },
      statuses: ['queued', 'active'],
      limit: 10,
    });
    assert.deepEqual(
      even.jobs.map(({ id }) => id),
      [made[2], made[0]],
    );
    assert.equal(even.nextCursor, null);
    assert.deepEqual((await records.jobs.list({ labels: { run: '\0' }, limit: 10 })).jobs, []);
    for (const wrong of ['', '1', 'bm9uc2Vuc2U', '///']) {
      await assert.rejects(records.jobs.list({ limit: 1, cursor: wrong }), failsWith('cursor-invalid'));
    }
  });

  it('deletes a job with the captures that came with it, unless another lists them', async () => {
    const { records } = open;
    const [mine, shared, given] = [await aCapture(), await aCapture(), await aCapture()];
    const job = await aJob({
      captures: [
        { id: mine.id, owned: true },
        { id: shared.id, owned: true },
        { id: given.id, owned: false },
      ],
      webhook,
    });
    const other = await aJob({ captures: [{ id: shared.id, owned: false }] });
    assert.equal((await records.jobs.start(job.id, 'worker')).outcome, 'started');
    assert.deepEqual(await records.jobs.remove(job.id), { captureIds: [mine.id] });
    assert.equal(await records.jobs.find(job.id), null);
    assert.equal(await records.jobs.standing(job.id, 'worker'), 'lost');
    assert.equal(await records.captures.find(mine.id), null);
    assert.notEqual(await records.captures.find(given.id), null);
    assert.deepEqual(await records.jobs.remove(other.id), { captureIds: [] });
    assert.notEqual(await records.captures.find(shared.id), null);
  });

  it('knows nothing of ids that are not its own', async () => {
    const { records } = open;
    for (const id of [randomUUID(), 'x', '', '\0', "'; --"]) {
      assert.equal(await records.captures.find(id), null);
      assert.equal(await records.captures.remove(id), 'absent');
      assert.equal(await records.jobs.find(id), null);
      assert.equal(await records.jobs.cancel(id), null);
      assert.equal(await records.jobs.remove(id), null);
      assert.deepEqual(await records.jobs.start(id, 'w'), { outcome: 'over' });
      assert.equal(await records.deliveries.find(id), null);
    }
  });
});
