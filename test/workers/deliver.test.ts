import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryOutcome, EndedJob, Notifier } from '../../src/notify/notifier.ts';
import type { DeliveryRecord } from '../../src/records/records.ts';
import { refill } from '../../workers/main.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const webhook = { url: 'https://tickets.example.org/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

/** Gives the outcomes in turn, the last one for ever, and remembers what it was called with. */
function answering(...outcomes: DeliveryOutcome[]) {
  const calls: { id: string; job: EndedJob; at: number }[] = [];
  const notifier: Notifier = {
    deliver: async (id, job) => {
      calls.push({ id, job, at: performance.now() });
      return outcomes[Math.min(calls.length, outcomes.length) - 1]!;
    },
  };
  return { calls, notifier };
}

describe('the work on deliveries', () => {
  let shop: Workshop;
  before(async () => {
    shop = await openWorkshop();
  });
  after(() => shop.close());

  async function delivered(jobId: string): Promise<DeliveryRecord> {
    for (;;) {
      const [delivery] = await shop.records.deliveries.ofJob(jobId);
      if (delivery !== undefined && delivery.status !== 'pending') return delivery;
      await delay(20);
    }
  }

  const refused: DeliveryOutcome = { outcome: 'retry', answer: 'status 500' };
  const taken: DeliveryOutcome = { outcome: 'delivered', answer: 'status 200' };

  it('tells of a completed job, with the same id until it is heard', async () => {
    const { calls, notifier } = answering(refused, refused, taken);
    const work = shop.work({ notifier });
    const jobId = await shop.submit('ok', { webhook, labels: { ticket: 'INC1' } });
    const delivery = await delivered(jobId);
    await work.stop();
    assert.deepEqual([delivery.status, delivery.tries, delivery.lastAnswer], ['delivered', 3, 'status 200']);
    assert.deepEqual(
      calls.map(({ id }) => id),
      [delivery.id, delivery.id, delivery.id],
    );
    const { job } = calls[0]!;
    assert.equal(job.status, 'completed');
    assert.deepEqual(job.labels, { ticket: 'INC1' });
    assert.equal(job.summary!.code, 'no-port-problem');
    assert.ok(calls[1]!.at - calls[0]!.at >= 190, 'by the schedule');
    assert.deepEqual(
      calls.map((call) => call.job.webhook.secret),
      Array(3).fill(webhook.secret),
    );
    assert.equal((await shop.records.jobs.find(jobId))!.webhook!.secret, null);
    assert.ok(!shop.logged.join('').includes(webhook.secret));
  });

  it('tells of jobs that failed and that were cancelled', async () => {
    const { calls, notifier } = answering(taken);
    const work = shop.work({ notifier });
    await delivered(await shop.submit('fail', { webhook }));
    assert.equal(calls[0]!.job.failure!.code, 'capture-not-recognised');
    const id = await shop.submit('spin 60', { webhook });
    await shop.until(id, ({ status }) => status === 'active');
    await shop.records.jobs.cancel(id);
    await delivered(id);
    await work.stop();
    assert.equal(calls[1]!.job.status, 'cancelled');
    assert.equal(calls.length, 2);
  });

  it('gives up at the end of the schedule, and at once when there is no hope', async () => {
    const stubborn = answering(refused);
    let work = shop.work({ notifier: stubborn.notifier });
    const first = await delivered(await shop.submit('ok', { webhook }));
    await work.stop();
    assert.deepEqual([first.status, first.tries, first.nextTryAt], ['failed', 3, null]);
    assert.equal(stubborn.calls.length, 3);

    const gone = answering({ outcome: 'given-up', answer: 'status 410' });
    work = shop.work({ notifier: gone.notifier });
    const second = await delivered(await shop.submit('ok', { webhook }));
    await work.stop();
    assert.deepEqual([second.status, second.tries, second.lastAnswer], ['failed', 1, 'status 410']);
  });

  it('waits as long as the receiver asks', async () => {
    const { calls, notifier } = answering({ ...refused, afterSeconds: 1 }, taken);
    const work = shop.work({ notifier });
    await delivered(await shop.submit('ok', { webhook }));
    await work.stop();
    assert.ok(calls[1]!.at - calls[0]!.at >= 990);
  });

  it('does not wait for a clock that was set back', async () => {
    const { calls, notifier } = answering(taken);
    const id = await shop.job('ok', { webhook });
    await shop.records.jobs.cancel(id);
    await shop.database.query(
      `UPDATE portledger.delivery SET created_at = now() + interval '1 day',
      next_try_at = now() + interval '1 day' WHERE job_id = $1`,
      [id],
    );
    const work = shop.work({ notifier });
    await refill(shop.records, shop.queues, 15);
    await delivered(id);
    await work.stop();
    assert.equal(calls.length, 1);
  });

  it('finds again what the queue has lost', async () => {
    const { calls, notifier } = answering(taken);
    const queued = await shop.job('ok', { webhook }); // recorded, never put into the queue
    const cancelled = await shop.job('ok', { webhook });
    await shop.records.jobs.cancel(cancelled); // its delivery neither
    const work = shop.work({ notifier });
    await refill(shop.records, shop.queues, 0);
    await delivered(queued);
    await delivered(cancelled);
    await work.stop();
    assert.equal(calls.length, 2);
    assert.equal((await shop.records.jobs.find(queued))!.status, 'completed');
  });
});
