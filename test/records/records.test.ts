import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Progress } from '../../src/contract/job.ts';
import type { Database } from '../../src/records/database.ts';
import { openRecords } from '../../src/records/open.ts';
import type { NewJob, Records } from '../../src/records/records.ts';
import { DATABASES, type TestDatabase } from './databases.ts';

const summary = { code: 'no-port-problem', headline: 'Nothing found', text: 'Nothing was found.' };
const webhook = { url: 'https://tickets.example.org/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const progress = (packets: number): Progress => ({
  stage: 'reading',
  bytes: 10,
  totalBytes: 100,
  packets,
  percent: 10,
  etaSeconds: 9,
});
const done: Progress = { stage: 'done', bytes: 100, totalBytes: 100, packets: 7, percent: 100, etaSeconds: 0 };
const failsWith = (code: string) => (error: unknown) => (error as { code: string }).code === code;

for (const { name, skip, create } of DATABASES) {
  describe(`records on ${name}`, { skip }, () => {
    let home: TestDatabase;
    let database: Database;
    let records: Records;

    before(async () => {
      home = await create();
      database = await home.open();
      records = await openRecords(database);
    });

    after(async () => {
      await records.close();
      await home.remove();
    });

    const aCapture = (kind: 'capture' | 'evidence' = 'capture', label = 'a.pcap') =>
      records.captures.create({ id: randomUUID(), kind, name: label, bytes: 2 ** 33, sha256: 'ab'.repeat(32) });

    async function aJob(fields: Partial<NewJob> = {}) {
      const capture = await aCapture();
      return records.jobs.create({
        captures: [{ id: capture.id, owned: true }],
        evidence: [],
        options: { timeWaitSeconds: 30 },
        labels: {},
        webhook: null,
        baseUrl: 'http://127.0.0.1:8080',
        ...fields,
      });
    }

    async function started(fields: Partial<NewJob> = {}, holder = 'worker') {
      const { id } = await aJob(fields);
      const taken = await records.jobs.start(id, holder);
      assert.equal(taken.outcome, 'started');
      return id;
    }

    const forget = (id: string) =>
      database.query(`UPDATE portledger.job SET heartbeat_at = now() - interval '1 minute' WHERE id = $1`, [id]);

    it('keeps captures, newest first, over pages', async () => {
      const made = [await aCapture(), await aCapture('evidence', 'netstat.txt'), await aCapture('capture', 'a\0b')];
      assert.deepEqual(await records.captures.find(made[1]!.id), made[1]);
      assert.equal(made[0]!.bytes, 2 ** 33);
      assert.equal(made[2]!.name, 'ab');
      const first = await records.captures.list({ limit: 2 });
      const second = await records.captures.list({ limit: 1, cursor: first.nextCursor! });
      assert.deepEqual(
        [...first.captures, ...second.captures].map(({ id }) => id),
        made.map(({ id }) => id).reverse(),
      );
    });

    it('knows nothing of ids that are not its own', async () => {
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

    it('notes what may lie in a store without a record: what is expected and not recorded, and what was removed', async () => {
      const leftovers = async () => (await records.leftovers.notedBefore(0)).map(({ id, kind }) => `${kind} ${id}`);
      const [expected, recorded] = [randomUUID(), randomUUID()];
      await records.leftovers.expect([expected, recorded]);
      await records.captures.create({ id: recorded, kind: 'capture', name: 'a', bytes: 1, sha256: '0'.repeat(64) });
      assert.ok((await leftovers()).includes(`capture ${expected}`));
      assert.ok(!(await leftovers()).includes(`capture ${recorded}`));

      const alone = await aCapture();
      const owned = await aCapture();
      const job = await aJob({
        captures: [
          { id: owned.id, owned: true },
          { id: alone.id, owned: false },
        ],
      });
      await records.jobs.cancel(job.id);
      await records.jobs.remove(job.id);
      assert.ok(!(await leftovers()).includes(`capture ${alone.id}`));
      await records.captures.remove(alone.id);
      const noted = await leftovers();
      for (const each of [`results ${job.id}`, `capture ${owned.id}`, `capture ${alone.id}`]) {
        assert.ok(noted.includes(each), each);
      }
      assert.deepEqual(await records.leftovers.notedBefore(3600), []);
      await records.leftovers.forget(noted.map((each) => each.split(' ')[1]!));
      assert.deepEqual(await leftovers(), []);
    });

    it('makes a job with all that was asked, in the order given', async () => {
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
      const evidence = await aCapture('evidence');
      const before = await records.jobs.countByStatus();
      for (const id of [randomUUID(), evidence.id, 'nonsense\0']) {
        await assert.rejects(aJob({ captures: [{ id, owned: false }] }), failsWith('capture-not-found'));
      }
      await assert.rejects(aJob({ labels: { ticket: 'a\0' } }), failsWith('option-invalid'));
      assert.deepEqual(await records.jobs.countByStatus(), before);
    });

    it('finds jobs by labels and status, newest first, over pages', async () => {
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

    it('takes a job from queued to its end, once', async () => {
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
      assert.equal((await records.jobs.cancel(id))!.job.status, 'completed');
    });

    it('gives a job to one of many that want it', async () => {
      const { id } = await aJob();
      const takers = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => records.jobs.start(id, holder)));
      assert.deepEqual(takers.map(({ outcome }) => outcome).sort(), ['busy', 'busy', 'busy', 'started']);
    });

    it('lets another take over from a holder that is silent', async () => {
      const id = await started({}, 'dead');
      assert.deepEqual(await records.jobs.start(id, 'next'), { outcome: 'busy' });
      await forget(id);
      const taken = await records.jobs.start(id, 'next');
      assert.ok(taken.outcome === 'started' && taken.job.tries === 2);
      assert.equal(await records.jobs.heartbeat(id, 'dead', progress(1)), 'lost');
      assert.equal(await records.jobs.finish(id, 'dead', { status: 'cancelled' }), null);
      assert.equal(await records.jobs.handBack(id, 'dead'), false);
    });

    it('takes a job back that a stopping worker returns, and does not count its try', async () => {
      const id = await started();
      assert.equal(await records.jobs.handBack(id, 'worker'), true);
      const job = (await records.jobs.find(id))!;
      assert.equal(job.status, 'queued');
      assert.equal(job.tries, 0);
      assert.equal((await records.jobs.start(id, 'next')).outcome, 'started');
    });

    it('cancels a queued job at once and flags an active one', async () => {
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
      const id = await started();
      const failure = { code: 'capture-empty', detail: 'a.pcap is empty: 0 bytes' } as const;
      const ended = await records.jobs.finish(id, 'worker', { status: 'failed', failure });
      assert.deepEqual(ended!.job.failure, failure);
      assert.equal(ended!.deliveryId, null);
    });

    it('deletes a job with the captures that came with it, unless another lists them', async () => {
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

    it('keeps a capture as long as an unfinished job needs it', async () => {
      const capture = await aCapture();
      const { id } = await aJob({ captures: [{ id: capture.id, owned: false }] });
      assert.equal(await records.captures.remove(capture.id), 'in-use');
      await records.jobs.cancel(id);
      assert.equal(await records.captures.remove(capture.id), 'removed');
      assert.equal(await records.captures.remove(capture.id), 'absent');
      assert.equal((await records.jobs.find(id))!.captures[0]!.name, 'a.pcap');
    });

    it('names neglected jobs once', async () => {
      const queued = await aJob();
      const silent = await started();
      const alive = await started();
      await database.query(`UPDATE portledger.job SET offered_at = now() - interval '1 minute'`);
      await forget(silent);
      const named = await records.jobs.neglected(30);
      assert.ok(named.includes(queued.id) && named.includes(silent));
      assert.ok(!named.includes(alive));
      assert.deepEqual(await records.jobs.neglected(30), []);
    });

    it('queues again what its predecessor held', async () => {
      const id = await started();
      await records.jobs.releaseAll();
      assert.equal((await records.jobs.find(id))!.status, 'queued');
    });

    it('keeps the tries of a delivery until it ends', async () => {
      const id = await started({ webhook });
      const { deliveryId } = (await records.jobs.finish(id, 'worker', { status: 'cancelled' }))!;
      const soon = new Date(Date.now() - 60_000);
      assert.ok((await records.deliveries.overdue(-1)).includes(deliveryId!));
      assert.ok(
        await records.deliveries.recordTry(deliveryId!, { status: 'pending', answer: '500 \0', nextTryAt: soon }),
      );
      assert.ok((await records.deliveries.overdue(30)).includes(deliveryId!));
      assert.deepEqual((await records.jobs.find(id))!.webhook, webhook);
      assert.ok(
        await records.deliveries.recordTry(deliveryId!, { status: 'delivered', answer: '200', nextTryAt: null }),
      );
      assert.equal(
        await records.deliveries.recordTry(deliveryId!, { status: 'failed', answer: 'late', nextTryAt: null }),
        false,
      );
      const delivery = (await records.deliveries.find(deliveryId!))!;
      assert.deepEqual([delivery.status, delivery.tries, delivery.lastAnswer], ['delivered', 2, '200']);
      assert.ok(!(await records.deliveries.overdue(0)).includes(deliveryId!));
    });

    it('forgets the secret of a webhook when its delivery has ended, and no other', async () => {
      const [other, ...ending] = [await started({ webhook }), await started({ webhook }), await started({ webhook })];
      const finish = async (id: string) => (await records.jobs.finish(id, 'worker', { status: 'cancelled' }))!;
      await finish(other);
      for (const [index, status] of (['delivered', 'failed'] as const).entries()) {
        const id = ending[index]!;
        const { deliveryId } = await finish(id);
        await records.deliveries.recordTry(deliveryId!, { status, answer: '', nextTryAt: null });
        assert.deepEqual((await records.jobs.find(id))!.webhook, { url: webhook.url, secret: null });
        const { rows } = await database.query<{ row: string }>(
          'SELECT to_json(job)::text AS row FROM portledger.job WHERE id = $1',
          [id],
        );
        assert.ok(!rows[0]!.row.includes('whsec_'), rows[0]!.row);
      }
      assert.deepEqual((await records.jobs.find(other))!.webhook, webhook);
    });

    it('forgets the secrets that its first version kept', async () => {
      const [pending, ended] = [await started({ webhook }), await started({ webhook })];
      await records.jobs.finish(pending, 'worker', { status: 'cancelled' });
      const { deliveryId } = (await records.jobs.finish(ended, 'worker', { status: 'cancelled' }))!;
      await records.deliveries.recordTry(deliveryId!, { status: 'delivered', answer: '', nextTryAt: null });
      await database.query('UPDATE portledger.job SET webhook = $2 WHERE id = $1', [ended, JSON.stringify(webhook)]);
      await database.query('DROP TABLE portledger.leftover; DELETE FROM portledger.migration WHERE version > 1');
      await openRecords(database);
      assert.deepEqual((await records.jobs.find(ended))!.webhook, { url: webhook.url, secret: null });
      assert.deepEqual((await records.jobs.find(pending))!.webhook, webhook);
    });

    it('gives an idempotency key to one of many', async () => {
      const claims = await Promise.all([...Array(20)].map(() => records.idempotency.claim('me POST /v1/jobs', 'k1')));
      const won = claims.filter(({ outcome }) => outcome === 'claimed');
      assert.equal(won.length, 1);
      assert.equal(claims.filter(({ outcome }) => outcome === 'in-flight').length, 19);
      assert.ok(won[0]!.outcome === 'claimed');
      await won[0]!.claim.complete('print', 'job-1');
      assert.deepEqual(await records.idempotency.claim('me POST /v1/jobs', 'k1'), {
        outcome: 'done',
        fingerprint: 'print',
        resourceId: 'job-1',
      });
      const elsewhere = await records.idempotency.claim('me POST /v1/captures', 'k1');
      assert.ok(elsewhere.outcome === 'claimed');
      await elsewhere.claim.release();
    });

    it('frees an idempotency key that was released, or whose holder died', async () => {
      const first = await records.idempotency.claim('s', 'k2');
      assert.ok(first.outcome === 'claimed');
      await first.claim.release();
      const second = await records.idempotency.claim('s', 'k2');
      assert.ok(second.outcome === 'claimed');
      await database.query(`UPDATE portledger.idempotency SET lease_until = now() - interval '1 s'`);
      const third = await records.idempotency.claim('s', 'k2');
      assert.ok(third.outcome === 'claimed');
      await second.claim.complete('late', 'job-2');
      assert.equal((await records.idempotency.claim('s', 'k2')).outcome, 'in-flight');
      await third.claim.release();
    });

    it('undoes a transaction that fails, and goes on', async () => {
      const failing = database.transaction(async (transaction) => {
        await transaction.query(`UPDATE portledger.installation SET id = 'changed'`);
        throw new Error('stop');
      });
      await assert.rejects(failing, /stop/);
      await assert.rejects(database.query('SELECT nonsense'), failsWith('42703'));
      assert.equal((await openRecords(database)).installation, records.installation);
    });

    it('is the same after it was closed and opened again', async () => {
      const { id } = await aJob({ labels: { kept: 'yes' } });
      await records.close();
      database = await home.open();
      const { installation } = records;
      records = await openRecords(database);
      assert.equal(records.installation, installation);
      assert.deepEqual((await records.jobs.find(id))!.labels, { kept: 'yes' });
    });
  });
}
