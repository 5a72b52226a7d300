import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acknowledges, isNear, NEAR } from '../../../src/analysis/session/sequence.ts';

describe('sequence numbers', () => {
  it('are near within 2^24, on both sides and across the end of the numbers', () => {
    assert.equal(NEAR, 2 ** 24);
    for (const base of [0, 5, 2 ** 31, 2 ** 32 - 3]) {
      const near = (apart: number) => isNear(base, (base + apart) >>> 0);
      assert.deepEqual([0, NEAR - 1, NEAR].map(near), [true, true, false], `${base}, ahead`);
      assert.deepEqual([-1, 1 - NEAR, -NEAR].map(near), [true, true, false], `${base}, behind`);
    }
  });

  it('acknowledge from ISN + 1 to ISN + 2^24', () => {
    for (const isn of [0, 2 ** 31 - 1, 2 ** 32 - 1]) {
      const answers = [0, 1, NEAR, NEAR + 1].map((ahead) => acknowledges(isn, (isn + ahead) >>> 0));
      assert.deepEqual(answers, [false, true, true, false], `${isn}`);
    }
  });
});
