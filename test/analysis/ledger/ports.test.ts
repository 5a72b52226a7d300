import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { markLost, portColumns } from '../../../src/analysis/ledger/ports.ts';
import type { SessionSpec } from '../session-builder.ts';
import { count, type NaiveSession, naiveGap, orNaN } from './naive.ts';
import { eachTarget, ledgerOf, randomSessions } from './random-sessions.ts';

const SPECS: SessionSpec[] = [
  { localPort: 50001, start: 0, closed: 1 },
  { localPort: 50000, start: 1, closed: 2 },
  { localPort: 50000, start: 3, remotePort: 443 },
  { localPort: 50000, start: 70, closed: 71, reuseOf: 1 },
];

describe('the rows of local ports', () => {
  it('are one for every local port of a target', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        const columns = portColumns(ledger, 0, ledger.ports.count);
        const rows = Array.from({ length: ledger.ports.count }, (_, at) => ({
          target: columns.target[at]!,
          localPort: columns.localPort[at]!,
          synPackets: columns.synPackets[at]!,
          attempts: columns.attempts[at]!,
          sessions: columns.sessions[at]!,
          firstUsed: columns.firstUsed[at]!,
          lastUsed: columns.lastUsed[at]!,
          minGap: columns.minGapSeconds[at]!,
        }));
        const expected = eachTarget(ledger, specs).flatMap(([target, sessions]) => naivePorts(target, sessions, specs));
        assert.deepEqual(rows, expected);
      }),
    );
  });

  it('can be had in pieces', () => {
    const ledger = ledgerOf(SPECS);
    const all = portColumns(ledger, 0, 3);
    assert.deepEqual([...all.localPort], [50000, 50001, 50000]);
    assert.deepEqual([...portColumns(ledger, 1, 3).localPort], [50001, 50000]);
    assert.deepEqual([...all.minGapSeconds], [68, Number.NaN, Number.NaN]);
  });

  it('say which are lost', () => {
    const ledger = ledgerOf(SPECS);
    markLost(ledger, 0, new Set([50000, 50099]));
    assert.deepEqual([...portColumns(ledger, 0, 3).lost], [1, 0, 0]);
    assert.deepEqual([...portColumns(ledger, 0, 1).lost], [1]);
  });
});

describe('the session before', () => {
  it('is told by time where packets are not in its order', () => {
    const inOrder: SessionSpec[] = [
      { localPort: 50000, start: 0, state: 'reset', replaced: true },
      { localPort: 50000, start: 10, closed: 12, closedBy: 'remote' },
      { localPort: 50001, start: 20 },
    ];
    const swapped = [inOrder[1]!, inOrder[0]!, inOrder[2]!];
    const peaks = [inOrder, swapped].map((specs) => ledgerOf(specs).clientOccupancy(0).judged);
    assert.deepEqual(
      peaks.map(({ peak, open }) => [peak, open]),
      [
        [1, 1],
        [1, 1],
      ],
    );
    assert.deepEqual([...ledgerOf(swapped).before], [-1, 0, -1]);
  });

  it('is that of the same client, where two sockets call each other', () => {
    const ledger = ledgerOf([
      { client: '10.1.1.10', localPort: 3200, remote: '10.2.0.1', remotePort: 3200, start: 0, closed: 5 },
      { client: '10.2.0.1', localPort: 3200, remote: '10.1.1.10', remotePort: 3200, start: 10, closed: 15 },
      { client: '10.1.1.10', localPort: 3200, remote: '10.2.0.1', remotePort: 3200, start: 20, closed: 25 },
    ]);
    assert.deepEqual([...ledger.before], [-1, 0, -1], 'the rows of one client and then of the other');
    const once = ledgerOf([
      { client: '10.1.1.10', localPort: 3200, remote: '10.2.0.1', remotePort: 3200, start: 0, closed: 5 },
      { client: '10.2.0.1', localPort: 3200, remote: '10.1.1.10', remotePort: 3200, start: 10, closed: 15 },
    ]);
    assert.deepEqual([...once.before], [-1, -1]);
  });
});

function naivePorts(target: number, sessions: readonly NaiveSession[], specs: readonly SessionSpec[]) {
  const ports = [...new Set(sessions.map((session) => session.localPort))].sort((a, b) => a - b);
  return ports.map((localPort) => {
    const uses = sessions.filter((session) => session.localPort === localPort);
    const gaps = uses.map((session) => orNaN(naiveGap(session, specs))).filter((gap) => !Number.isNaN(gap));
    return {
      target,
      localPort,
      synPackets: uses.reduce((sum, session) => sum + session.synPackets!, 0),
      attempts: count(uses, (session) => !session.midstream),
      sessions: uses.length,
      firstUsed: uses[0]!.start,
      lastUsed: uses.at(-1)!.start,
      minGap: gaps.length === 0 ? Number.NaN : Math.min(...gaps),
    };
  });
}
