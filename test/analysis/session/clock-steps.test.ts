import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ClockSteps, mayStepBetween } from '../../../src/analysis/session/clock-steps.ts';

const SECOND = 1e9;

/** So many packets at each of the times, in seconds, in this order. */
function stepsOf(runs: readonly (readonly [time: number, packets: number])[]): ClockSteps {
  const steps = new ClockSteps();
  let latest = 0;
  for (const [time, packets] of runs) {
    for (let packet = 0; packet < packets; packet++) {
      if (time < latest) steps.note(time * SECOND, latest * SECOND);
      else latest = time;
    }
  }
  return steps;
}

/** The same by the words of the rule: each latest time, with the earliest of ten packets or more that came behind it. */
function naiveSteps(runs: readonly (readonly [time: number, packets: number])[]) {
  const behind = new Map<number, number[]>();
  let latest = 0;
  for (const [time, packets] of runs) {
    latest = Math.max(latest, time);
    if (latest - time > 5) behind.set(latest, [...(behind.get(latest) ?? []), ...Array(packets).fill(time)]);
  }
  return [...behind].filter(([, times]) => times.length >= 10).map(([to, times]) => ({ from: Math.min(...times), to }));
}

describe('steps of the clock', () => {
  it('are where ten packets came more than five seconds behind the latest', () => {
    assert.deepEqual(
      stepsOf([
        [100, 1],
        [50, 10],
        [101, 5],
      ]).found,
      [{ from: 50 * SECOND, to: 100 * SECOND }],
    );
    assert.deepEqual(
      stepsOf([
        [100, 1],
        [50, 9],
        [101, 5],
      ]).found,
      [],
    );
    assert.deepEqual(
      stepsOf([
        [100, 1],
        [95, 20],
      ]).found,
      [],
    );
  });

  it('leave in doubt what lies on both sides of one, or within, and nothing else', () => {
    const run = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom(1, 4, 10, 12));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), fc.nat(200), fc.nat(200), (runs, one, other) => {
        const overlaps = naiveSteps(runs).some(
          ({ from, to }) => Math.max(one, other) >= from && Math.min(one, other) <= to,
        );
        assert.equal(mayStepBetween(stepsOf(runs).found, one * SECOND, other * SECOND), overlaps);
      }),
      { numRuns: 2000 },
    );
  });

  it('of two clocks that take turns become one', () => {
    const turns = Array.from({ length: 10_000 }, (_, turn) => [turn / 1000 + (turn % 2) * 10, 12] as const);
    assert.equal(stepsOf(turns).found.length, 1);
  });
});
