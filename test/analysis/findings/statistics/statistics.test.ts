import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fisherAtLeast } from '../../../../src/analysis/findings/statistics/fisher.ts';
import { mannKendall } from '../../../../src/analysis/findings/statistics/mann-kendall.ts';
import { upperTail } from '../../../../src/analysis/findings/statistics/normal.ts';
import { median, quantile } from '../../../../src/analysis/findings/statistics/quantile.ts';
import { theilSen } from '../../../../src/analysis/findings/statistics/theil-sen.ts';

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

describe('upperTail', () => {
  it('gives the tabulated values on both sides of the change of method', () => {
    near(upperTail(0), 0.5);
    near(upperTail(1.959963984540054), 0.025);
    near(upperTail(2.9), 0.0018658133003840378);
    near(upperTail(3), 0.0013498980316300957);
    near(upperTail(5), 2.866515718791939e-7);
    near(upperTail(-1), 1 - 0.15865525393145707);
  });
});

describe('fisherAtLeast', () => {
  it('gives the chance of the lady who tastes tea', () => {
    near(fisherAtLeast(3, 4, 4, 8), 17 / 70);
    near(fisherAtLeast(4, 4, 4, 8), 1 / 70);
  });

  it('is certain of what must be, and equals the complement sum on larger tables', () => {
    near(fisherAtLeast(0, 50, 30, 1000), 1, 1e-9);
    near(fisherAtLeast(2, 5, 9, 10), 1);
    near(fisherAtLeast(1, 40, 3, 500), 1 - (460 * 459 * 458) / (500 * 499 * 498), 1e-8);
  });
});

describe('mannKendall', () => {
  it('finds a rise, a fall, and nothing in a constant', () => {
    near(mannKendall([1, 2, 3, 4, 5, 6, 7, 8]).z, 27 / Math.sqrt((8 * 7 * 21) / 18));
    assert.ok(mannKendall([1, 2, 3, 4, 5, 6, 7, 8]).p < 0.001);
    assert.ok(mannKendall([8, 7, 6, 5, 4, 3, 2, 1]).z < -3);
    assert.deepEqual(mannKendall([3, 3, 3, 3, 3, 3, 3, 3]), { z: 0, p: 1 });
  });

  it('corrects the variance for ties', () => {
    const variance = (6 * 5 * 17 - 3 * (2 * 1 * 9)) / 18;
    near(mannKendall([1, 1, 2, 2, 3, 3]).z, 11 / Math.sqrt(variance));
  });
});

describe('theilSen', () => {
  it('is the slope of a line, whatever one outlier does', () => {
    assert.equal(theilSen([1, 3, 5, 7, 9, 11]), 2);
    assert.equal(theilSen([1, 3, 5, 1000, 9, 11, 13]), 2);
    assert.equal(theilSen([7]), 0);
  });
});

describe('quantile', () => {
  it('is a value that stands in the list, and not below the share asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (list, q) => {
          const found = quantile(Float64Array.from(list), q);
          assert.ok(list.includes(found));
          assert.ok(list.filter((value) => value <= found).length >= q * list.length - 1e-9);
          assert.ok(list.filter((value) => value < found).length < q * list.length);
        },
      ),
    );
  });

  it('leaves its input in order and knows the empty list', () => {
    const values = Float64Array.of(3, 1, 2);
    assert.equal(median(values), 2);
    assert.equal(median(Float64Array.of(4, 1, 2, 3)), 2.5);
    assert.deepEqual([...values], [3, 1, 2]);
    assert.ok(Number.isNaN(quantile(new Float64Array(0), 0.5)));
  });
});
