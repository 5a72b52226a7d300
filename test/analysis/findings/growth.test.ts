import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GROWTH, type Growth, growthOf } from '../../../src/analysis/findings/growth.ts';
import { clientRows } from '../../../src/analysis/ledger/rows.ts';
import type { SessionSpec } from '../session-builder.ts';
import { caseOf } from './scene-builder.ts';

/** Windows of 100 s. */
const END = GROWTH.windows * 100;

function growth(sessions: SessionSpec[], usable = 1000): Growth {
  const { ledger } = caseOf({ sessions, end: END });
  return growthOf(ledger, clientRows(ledger, 0), usable);
}

/** So many sessions open at the end of each window, each for that window alone. */
function counts(perWindow: number[]): SessionSpec[] {
  return perWindow.flatMap((count, window) =>
    Array.from({ length: count }, (_, i) => ({
      localPort: 50_000 + 100 * window + i,
      start: window * 100 + 50,
      closed: window * 100 + 150,
    })),
  );
}

describe('the growth of open sessions', () => {
  it('is one where chance gives such a rise once in a hundred times', () => {
    const rising = growth(counts([3, 1, 4, 2, 5, 1, 4, 6, 2, 5, 3, 6, 4, 7, 5, 8]));
    assert.deepEqual([rising.grows, rising.openAtEnd], [true, 8]);
    assert.ok(rising.p < 0.01);
    const byChance = growth(counts([1, 5, 2, 6, 3, 5, 3, 6, 4, 7, 3, 5, 4, 6, 5, 7]));
    assert.deepEqual([byChance.grows, byChance.hoursToFull], [false, Number.POSITIVE_INFINITY]);
    assert.ok(byChance.p > 0.01 && byChance.p < 0.1);
  });

  it('fills what is left at its slope', () => {
    const { slopePerHour, openAtEnd, hoursToFull } = growth(counts(Array.from({ length: 16 }, (_, window) => window)));
    assert.deepEqual([slopePerHour, openAtEnd], [36, 15]);
    assert.equal(hoursToFull, (1000 - 15) / 36);
  });

  it('counts a session without a SYN from the begin of the capture on', () => {
    const oneByOne = (midstream: boolean) =>
      Array.from({ length: 16 }, (_, i) => ({ localPort: 50_000 + i, start: i * 100 + 50, end: END - 1, midstream }));
    assert.equal(growth(oneByOne(false)).grows, true);
    const before = growth(oneByOne(true));
    assert.deepEqual([before.grows, before.openAtEnd], [false, 16]);
  });
});
