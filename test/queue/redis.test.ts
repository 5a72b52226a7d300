import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueues } from '../../src/queue/open.ts';
import type { WorkQueues } from '../../src/queue/queue.ts';
import { skipPrivateRedis, startPrivateRedis, type TestRedis } from '../servers.ts';

const ignore = () => undefined;
const unavailable = { code: 'unavailable' };

describe('the queue when Redis is killed', { skip: skipPrivateRedis }, () => {
  let redis: TestRedis;
  let queues: WorkQueues;

  before(async () => {
    redis = await startPrivateRedis();
    queues = await openQueues({ kind: 'redis', url: redis.url, installation: 'here' }, ignore);
  });
  after(async () => {
    await queues.close();
    await redis.stop();
  });

  async function answering() {
    while (
      !(await queues.ping().then(
        () => true,
        () => false,
      ))
    )
      await delay(50);
  }

  it('says unavailable soon, loses nothing, and goes on when Redis is back', async () => {
    const ids = [...Array(20)].map(() => randomUUID());
    await queues.refill('analyses', ids);
    await redis.kill();

    const asked = performance.now();
    await assert.rejects(queues.analyses.add(randomUUID()), unavailable);
    await assert.rejects(queues.ping(), unavailable);
    assert.ok(performance.now() - asked < 30_000, 'long before a client gives up');

    await redis.start();
    await answering();
    const taken: string[] = [];
    await new Promise<void>((resolve) => {
      const consumer = queues.consume('analyses', {
        concurrency: 4,
        onError: ignore,
        run: async (id) => {
          taken.push(id);
          if (taken.length === ids.length) setImmediate(() => void consumer.close().then(resolve));
          return 'done';
        },
      });
    });
    assert.deepEqual(taken.sort(), ids.sort());
  });

  it('keeps two installations on one Redis apart', async () => {
    const other = await openQueues({ kind: 'redis', url: redis.url, installation: 'there' }, ignore);
    await answering();
    await other.ping();
    await queues.analyses.add(randomUUID());
    assert.equal((await queues.analyses.counts()).waiting, 1);
    assert.equal((await other.analyses.counts()).waiting, 0);
    await other.close();
  });

  it('opens while Redis is away, and works when it comes', async () => {
    await redis.kill();
    const early = await openQueues({ kind: 'redis', url: redis.url, installation: 'early' }, ignore);
    await assert.rejects(early.analyses.add(randomUUID()), unavailable);
    await redis.start();
    while (
      !(await early.ping().then(
        () => true,
        () => false,
      ))
    )
      await delay(50);
    await early.analyses.add(randomUUID());
    await early.close();
  });
});
