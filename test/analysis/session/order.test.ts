import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sortByTime, timeOrder } from '../../../src/analysis/session/order.ts';

const time = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.constant(Number.NaN),
);

function byComparison(rows: readonly number[], times: Float64Array): number[] {
  const place = (row: number) => (Number.isNaN(times[row]!) ? Number.POSITIVE_INFINITY : times[row]!);
  return rows.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

describe('order by time', () => {
  it('is that of a stable comparison, without a time last', () => {
    fc.assert(
      fc.property(fc.array(time, { maxLength: 400 }), (list) => {
        const times = Float64Array.from(list);
        const rows = list.map((_, row) => row);
        assert.deepEqual([...timeOrder(times, list.length)], byComparison(rows, times));
      }),
    );
  });

  it('sorts any selection of rows, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1, maxLength: 300 }),
        fc.array(fc.nat(), { maxLength: 300 }),
        (list, picks) => {
          const times = Float64Array.from(list);
          const rows = picks.map((pick) => pick % list.length);
          const sorted = Uint32Array.from(rows);
          sortByTime(sorted, times);
          assert.deepEqual([...sorted], byComparison(rows, times));
        },
      ),
    );
  });

  it('does not mind crowds far apart from each other', () => {
    const times = Float64Array.from({ length: 60_000 }, (_, row) => (row % 3) * 1e14 + ((row * 7919) % 60_000));
    const sorted = timeOrder(times, times.length);
    for (let at = 1; at < sorted.length; at++) assert.ok(times[sorted[at - 1]!]! < times[sorted[at]!]!);
  });
});
