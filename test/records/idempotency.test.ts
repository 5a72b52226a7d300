import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { onEachDatabase } from './databases.ts';

onEachDatabase('idempotency keys', (open) => {
  it('gives an idempotency key to one of many', async () => {
    const { records } = open;
    const { id } = await open.aJob();
    const claims = await Promise.all([...Array(20)].map(() => records.idempotency.claim('me POST /v1/jobs', 'k1')));
    const won = claims.filter(({ outcome }) => outcome === 'claimed');
    assert.equal(won.length, 1);
    assert.equal(claims.filter(({ outcome }) => outcome === 'in-flight').length, 19);
    assert.ok(won[0]!.outcome === 'claimed');
    assert.ok(await won[0]!.claim.announce('print', id));
    assert.equal((await records.idempotency.claim('me POST /v1/jobs', 'k1')).outcome, 'in-flight');
    await won[0]!.claim.complete();
    assert.deepEqual(await records.idempotency.claim('me POST /v1/jobs', 'k1'), {
      outcome: 'done',
      fingerprint: 'print',
      resourceId: id,
    });
    const elsewhere = await records.idempotency.claim('me POST /v1/captures', 'k1');
    assert.ok(elsewhere.outcome === 'claimed');
    await elsewhere.claim.release();
  });

  it('frees an idempotency key that was released, or whose holder died', async () => {
    const { database, records } = open;
    const first = await records.idempotency.claim('s', 'k2');
    assert.ok(first.outcome === 'claimed');
    await first.claim.release();
    const second = await records.idempotency.claim('s', 'k2');
    assert.ok(second.outcome === 'claimed');
    await database.query(`UPDATE portledger.idempotency SET lease_until = now() - interval '1 s'`);
    const third = await records.idempotency.claim('s', 'k2');
    assert.ok(third.outcome === 'claimed');
    assert.equal(await second.claim.announce('late', 'job-2'), false);
    assert.equal((await records.idempotency.claim('s', 'k2')).outcome, 'in-flight');
    await third.claim.release();
  });

  it('keeps the answer of a key for its time, whatever became of the holder', async () => {
    const { database, records } = open;
    const first = await records.idempotency.claim('s', 'kept');
    assert.ok(first.outcome === 'claimed');
    await first.claim.announce('print', (await open.aJob()).id);
    await first.claim.complete();
    assert.equal((await records.idempotency.claim('s', 'kept')).outcome, 'done');
    await database.query(`UPDATE portledger.idempotency SET expires_at = now() - interval '1 s'`);
    const second = await records.idempotency.claim('s', 'kept');
    assert.ok(second.outcome === 'claimed');
    await second.claim.release();
  });

  it('knows by what was announced whether a holder that died had made it', async () => {
    const { database, records } = open;
    const { id } = await open.aJob();
    const after = async (key: string, resourceId: string) => {
      const first = await records.idempotency.claim('s', key);
      assert.ok(first.outcome === 'claimed');
      await first.claim.announce('print', resourceId);
      await database.query(`UPDATE portledger.idempotency SET lease_until = now() - interval '1 s' WHERE key = $1`, [
        key,
      ]);
      return records.idempotency.claim('s', key);
    };
    assert.deepEqual(await after('made', id), { outcome: 'done', fingerprint: 'print', resourceId: id });
    const free = await after('not made', randomUUID());
    assert.ok(free.outcome === 'claimed');
    await free.claim.release();
  });

  it('keeps a key that is released though what it announced is there', async () => {
    const { records } = open;
    const first = await records.idempotency.claim('s', 'unsure');
    assert.ok(first.outcome === 'claimed');
    await first.claim.announce('print', (await open.aJob()).id);
    await first.claim.release();
    assert.equal((await records.idempotency.claim('s', 'unsure')).outcome, 'in-flight');
  });

  it('frees an idempotency key whose job or capture was deleted, of this key alone', async () => {
    const { records } = open;
    const job = await open.aJob();
    const capture = await open.aCapture();
    for (const [key, id] of [
      ['k3', job.id],
      ['k4', capture.id],
      ['k5', job.id],
    ] as const) {
      const first = await records.idempotency.claim('s', key);
      assert.ok(first.outcome === 'claimed');
      await first.claim.announce('print', id);
      await first.claim.complete();
    }
    await records.jobs.remove(job.id);
    assert.equal((await records.idempotency.claim('s', 'k4')).outcome, 'done');
    await records.captures.remove(capture.id);
    const outcomes = await Promise.all([...Array(10)].map(() => records.idempotency.claim('s', 'kept')));
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'claimed').length, 1);
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'in-flight').length, 9);
    for (const key of ['k4', 'k5']) assert.equal((await records.idempotency.claim('s', key)).outcome, 'claimed');
  });
});
