import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueues } from '../../src/queue/open.ts';
import type { Consumer, Outcome, WorkQueues } from '../../src/queue/queue.ts';
import { PLACES, type TestPlace } from './places.ts';

/** Values that arrive in their own time, for whoever waits. */
function inbox<T>() {
  const arrived: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  return {
    put(value: T) {
      const next = waiting.shift();
      if (next === undefined) arrived.push(value);
      else next(value);
    },
    take: (): Promise<T> =>
      arrived.length > 0 ? Promise.resolve(arrived.shift()!) : new Promise((resolve) => waiting.push(resolve)),
    size: () => arrived.length,
  };
}

const fail = (error: Error) => {
  throw error;
};

for (const { name, skip, create } of PLACES) {
  describe(`the queue on ${name}`, { skip }, () => {
    let home: TestPlace;
    let queues: WorkQueues;
    let consumers: Consumer[] = [];

    before(async () => {
      home = await create();
      queues = await openQueues(home.place, fail);
    });
    after(async () => {
      await queues.close();
      await home.remove();
    });

    const consume = (run: (id: string, signal: AbortSignal) => Promise<Outcome>, concurrency = 1) => {
      const consumer = queues.consume('analyses', { run, concurrency, onError: fail });
      consumers.push(consumer);
      return consumer;
    };
    const stopAll = async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      consumers = [];
    };
    const settled = async () => {
      for (;;) {
        const { waiting, delayed, active } = await queues.analyses.counts();
        if (waiting + delayed + active === 0) return;
        await delay(20);
      }
    };

    it('answers', () => queues.ping());

    it('hands out each id once, and knows two ids of one name for one', async () => {
      const ids = [...Array(20)].map(() => randomUUID());
      await queues.refill('analyses', ids);
      await queues.analyses.add(ids[0]!);
      await queues.refill('analyses', ids);
      assert.equal((await queues.analyses.counts()).waiting, 20);
      const seen = inbox<string>();
      consume(async (id) => {
        seen.put(id);
        return 'done';
      }, 4);
      const taken = await Promise.all(ids.map(() => seen.take()));
      await settled();
      assert.deepEqual(taken.sort(), ids.sort());
      assert.equal(seen.size(), 0);

      // An ended id may come again.
      await queues.analyses.add(ids[0]!);
      assert.equal(await seen.take(), ids[0]);
      await settled();
      await stopAll();
    });

    it('starts at once when it was idle', async () => {
      const seen = inbox<number>();
      consume(async () => {
        seen.put(performance.now());
        return 'done';
      });
      const waits: number[] = [];
      for (let i = 0; i < 5; i++) {
        await delay(100); // let it become idle
        const added = performance.now();
        await queues.analyses.add(randomUUID());
        waits.push((await seen.take()) - added);
      }
      // Without notifications it would be found by the next poll, up to five seconds later.
      assert.ok(waits.sort((a, b) => a - b)[2]! < 2500, `waited ${waits}`);
      await settled();
      await stopAll();
    });

    it('gives an id again after the time it was asked to wait, and after a throw', async () => {
      const seen = inbox<{ id: string; at: number }>();
      const again = randomUUID();
      const throwing = randomUUID();
      const times = new Map<string, number>();
      consume(async (id) => {
        const time = (times.get(id) ?? 0) + 1;
        times.set(id, time);
        seen.put({ id, at: performance.now() });
        if (time > 1) return 'done';
        if (id === throwing) throw new Error('no luck');
        return { againInSeconds: 0.6 };
      }, 2);
      await queues.analyses.add(again);
      const first = await seen.take();
      const second = await seen.take();
      assert.deepEqual([first.id, second.id], [again, again]);
      assert.ok(second.at - first.at >= 590, `came again after ${second.at - first.at} ms`);
      await queues.analyses.add(throwing);
      assert.equal((await seen.take()).id, throwing);
      assert.equal((await seen.take()).id, throwing);
      await settled();
      await stopAll();
    });

    it('passes what a stopping consumer hands back to another', async () => {
      const id = randomUUID();
      const started = inbox<string>();
      const first = consume(async (_id, signal) => {
        started.put('first');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return 'hand-back';
      });
      await queues.analyses.add(id);
      assert.equal(await started.take(), 'first');
      consume(async () => {
        started.put('second');
        return 'done';
      });
      await first.close();
      assert.equal(await started.take(), 'second');
      await settled();
      await stopAll();
    });

    it('takes out what waits, and leaves alone what runs', async () => {
      const [running, waiting] = [randomUUID(), randomUUID()];
      const started = inbox<string>();
      let release = () => {};
      consume(async (id) => {
        started.put(id);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return 'done';
      });
      await queues.analyses.add(running);
      assert.equal(await started.take(), running);
      await queues.analyses.add(waiting);
      await queues.analyses.remove(waiting);
      await queues.analyses.remove(running);
      await queues.analyses.remove(randomUUID());
      assert.equal((await queues.analyses.counts()).active, 1);
      release();
      await settled();
      assert.equal(started.size(), 0);
      await stopAll();
    });

    it('keeps the two queues apart', async () => {
      const id = randomUUID();
      await queues.deliveries.add(id);
      const seen = inbox<string>();
      consume(async (each) => {
        seen.put(`analyses ${each}`);
        return 'done';
      });
      const deliveries = queues.consume('deliveries', {
        concurrency: 1,
        onError: fail,
        run: async (each) => {
          seen.put(`deliveries ${each}`);
          return 'done';
        },
      });
      assert.equal(await seen.take(), `deliveries ${id}`);
      await stopAll();
      await deliveries.close();
      assert.equal(seen.size(), 0);
    });
  });
}
