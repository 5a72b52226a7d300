import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GAP_EDGES, gapBin, reuseColumns, reusesByTime } from '../../../src/analysis/ledger/reuses.ts';
import { naiveGap, naiveSessions, orNaN } from './naive.ts';
import { ledgerOf, randomSessions, specsOf } from './random-sessions.ts';

describe('the reuses', () => {
  it('are listed by time, each with its gap', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        const columns = reuseColumns(ledger, reusesByTime(ledger));
        const expected = naiveSessions(specs).filter((session) => session.reuseOf !== undefined);
        assert.deepEqual(
          specsOf(ledger, columns.session),
          expected.map((session) => session.index),
        );
        assert.deepEqual(
          specsOf(ledger, columns.previous),
          expected.map((session) => session.reuseOf),
        );
        const gaps = expected.map((session) => orNaN(naiveGap(session, specs)));
        assert.deepEqual([...columns.gapSeconds], gaps);
      }),
    );
  });

  it('fall into the bin that their gap begins', () => {
    for (const [bin, edge] of GAP_EDGES.entries()) {
      assert.equal(gapBin(edge), bin, `${edge} s`);
      if (bin > 0) assert.equal(gapBin(edge - 0.001), bin - 1, `below ${edge} s`);
    }
    assert.equal(gapBin(1e9), GAP_EDGES.length - 1);
  });

  it('have a gap of 0 where the capture has the SYN before the close', () => {
    const ledger = ledgerOf([
      { localPort: 50000, start: 0, closed: 10 },
      { localPort: 50000, start: 9.999, reuseOf: 0, previousState: 'closed' },
    ]);
    assert.equal(ledger.counts(0).reuses.minGapSeconds, 0);
    assert.deepEqual(ledger.counts(0).reuses.histogram, [1, 0, 0, 0, 0, 0]);
  });
});
