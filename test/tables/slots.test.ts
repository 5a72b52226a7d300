import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Slots } from '../../src/tables/slots.ts';

describe('slots', () => {
  it('go to those who wait in the order in which they came', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const release = await slots.take();
    const others = ['first', 'second'].map(async (name) => {
      const giveBack = await slots.take();
      order.push(name);
      giveBack();
    });
    assert.deepEqual(order, []);
    release();
    await Promise.all(others);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('are given back once, however often it is said', async () => {
    const slots = new Slots(1);
    const release = await slots.take();
    release();
    release();
    await slots.take();
    let taken = false;
    const third = slots.take().then(() => {
      taken = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(taken, false);
    void third;
  });
});
