import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { percentile99 } from '../../../src/analysis/ledger/durations.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import { buildSessions, type SessionSpec } from '../session-builder.ts';

describe('long durations', () => {
  it('are the 99th percentile by nearest rank', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 500 }), (values) => {
        const expected = values.toSorted((a, b) => a - b)[Math.ceil(0.99 * values.length) - 1]!;
        assert.equal(percentile99(Float64Array.from(values)), expected);
      }),
    );
    assert.equal(percentile99(new Float64Array()), Number.NaN);
  });

  it('of a target with fewer than 30 closed sessions are its client’s', () => {
    const closed = (count: number, remote: string, seconds: number): SessionSpec[] =>
      Array.from({ length: count }, (_, at) => ({ remote, localPort: 50000 + at, start: at, closed: at + seconds }));
    const ledger = buildLedger({
      ...buildSessions([...closed(29, '10.2.0.1', 500), ...closed(3000, '10.2.0.2', 7)]),
      options: DEFAULT_LEDGER_OPTIONS,
    });
    assert.deepEqual(
      [0, 1].map((target) => ledger.longDuration(target, 'in-capture')),
      [7, 7],
    );
    const enough = buildLedger({
      ...buildSessions([...closed(30, '10.2.0.1', 500), ...closed(3000, '10.2.0.2', 7)]),
      options: DEFAULT_LEDGER_OPTIONS,
    });
    assert.deepEqual(
      [0, 1].map((target) => enough.longDuration(target, 'in-capture')),
      [500, 7],
    );
  });

  it('know only sessions whose close is in the capture, and count those that had begun before it from its start', () => {
    const specs: SessionSpec[] = [
      { localPort: 50000, start: 0, closed: 3, state: 'reset', closedBy: 'rst-remote' },
      { localPort: 50001, start: 0, closed: 900, midstream: true },
      { localPort: 50002, start: 0, end: 900 },
      { localPort: 50003, start: 0, closed: 900, state: 'half-closed-by-client' },
      { localPort: 50004, start: 0, state: 'reset', replaced: true },
    ];
    const ledger = buildLedger({ ...buildSessions(specs), options: DEFAULT_LEDGER_OPTIONS });
    assert.equal(ledger.longDuration(0, 'ever'), 900);
    assert.equal(ledger.longDuration(0, 'in-capture'), 3);
    const none = buildLedger({ ...buildSessions([{ localPort: 50000, start: 0 }]), options: DEFAULT_LEDGER_OPTIONS });
    assert.equal(none.longDuration(0, 'ever'), Number.NaN);
  });
});
