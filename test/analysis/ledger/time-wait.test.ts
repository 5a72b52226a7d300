import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import { effectiveTimeWait } from '../../../src/analysis/ledger/time-wait.ts';
import { buildSessions, type SessionSpec } from '../session-builder.ts';

function observed(...specs: SessionSpec[]) {
  const options = { ...DEFAULT_LEDGER_OPTIONS, timeWaitSeconds: 120 };
  return buildLedger({ ...buildSessions(specs), options }).timeWait(0);
}

const FIRST: SessionSpec = { localPort: 50000, start: 0, closed: 10 };

describe('the TIME_WAIT of a client', () => {
  it('is the largest documented one that its smallest gap allows, with a millisecond of slack', () => {
    const cases: [number, number][] = [
      [Number.NaN, 120],
      [0.9, 0.9],
      [29.9, 29.9],
      [29.9995, 30],
      [60, 60],
      [59.9, 30],
      [71.9, 60],
      [119.9995, 120],
      [300, 120],
    ];
    for (const [gap, expected] of cases) assert.equal(effectiveTimeWait(gap, 120), expected, `gap of ${gap} s`);
    assert.equal(effectiveTimeWait(300, 240), 240);
    assert.equal(effectiveTimeWait(25, 20), 20);
    assert.equal(effectiveTimeWait(70, 45), 45);
  });

  it('is read from the smallest accepted gap after a close of its own', () => {
    const figures = observed(
      FIRST,
      { localPort: 50000, start: 90, closed: 95, reuseOf: 0 },
      { localPort: 50000, start: 160, closed: 165, reuseOf: 1 },
    );
    assert.deepEqual(figures, { minGapSeconds: 65, effectiveSeconds: 60 });
  });

  it('is not read from what tells nothing of it', () => {
    const reuse = { localPort: 50000, start: 12, reuseOf: 0 };
    const silent: [string, SessionSpec, SessionSpec][] = [
      ['closed by the remote', { ...FIRST, closedBy: 'remote' }, reuse],
      ['reset', { ...FIRST, state: 'reset', closedBy: 'rst-client' }, reuse],
      ['challenged', FIRST, { ...reuse, answer: 'challenged' }],
      ['refused', FIRST, { ...reuse, answer: 'refused' }],
      ['silent', FIRST, { ...reuse, answer: 'silent' }],
      ['still open then', FIRST, { ...reuse, previousState: 'open' }],
    ];
    for (const [why, first, second] of silent) {
      assert.deepEqual(observed(first, second), { minGapSeconds: Number.NaN, effectiveSeconds: 120 }, why);
    }
  });
});
