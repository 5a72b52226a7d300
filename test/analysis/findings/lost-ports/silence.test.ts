import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COME_BACK, type ComeBack, staysAway } from '../../../../src/analysis/findings/lost-ports/come-back.ts';
import { isFlagged, measure, type Silence } from '../../../../src/analysis/findings/lost-ports/silence.ts';

function flagged(silent: number, expected: number, pool: number): boolean {
  return isFlagged(measure(silent, expected, pool) as Silence);
}

describe('silent ports', () => {
  it('are more than chance from five deviations and a fiftieth of the pool on', () => {
    assert.deepEqual([flagged(14, 4, 100), flagged(13, 4, 100)], [true, false]);
    assert.deepEqual([flagged(14, 4, 500), flagged(14, 4, 501)], [true, false]);
    assert.deepEqual([flagged(5, 0, 100), flagged(4, 0, 100)], [true, false]);
  });

  it('stay away where no more than a tenth of five or more come back', () => {
    const of = (silent: number, cameBack: number): ComeBack => ({ watched: 200, silent, cameBack });
    assert.deepEqual(
      [of(50, 5), of(50, 6)].map((one) => staysAway(one, null)),
      ['yes', 'no'],
    );
    assert.deepEqual(
      [of(COME_BACK.minSilent, 0), of(4, 0)].map((one) => staysAway(one, null)),
      ['yes', 'unknown'],
    );
  });

  it('stay away where no more than a quarter of those beyond chance come back, in a random order', () => {
    // Chance silences 10 of 1000, and nearly all of these come back.
    const of = (silent: number, cameBack: number): ComeBack => ({ watched: 1000, silent, cameBack });
    assert.deepEqual(
      [of(30, 14), of(30, 15)].map((one) => staysAway(one, 0.01)),
      ['yes', 'no'],
    );
    assert.deepEqual(
      [of(15, 10), of(14, 10)].map((one) => staysAway(one, 0.01)),
      ['yes', 'unknown'],
    );
  });
});
