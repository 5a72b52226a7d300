import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FULL_SHARE } from '../../../src/analysis/ledger/full-time.ts';
import type { Ledger, Occupancy } from '../../../src/analysis/ledger/ledger.ts';
import type { SessionSpec } from '../session-builder.ts';
import {
  busyPorts,
  count,
  type NaiveSession,
  naiveEffective,
  naiveFullTime,
  naivePeak,
  naiveStartsOnBusyPort,
} from './naive.ts';
import { eachClient, eachTarget, ledgerOf, manySessions, OPTIONS, POOL, randomSessions } from './random-sessions.ts';

const SLACK = 1e-6;

describe('the occupancy', () => {
  it('of a target and of a client is the highest that they came to', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        sameOccupancies(specs);
      }),
    );
  });

  it('is that of groups whose figures are kept, too', () => {
    fc.assert(
      fc.property(manySessions, (specs) => {
        sameOccupancies(specs);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('has no gap in a full pool where two holds of one port meet at one moment', () => {
    const ledger = ledgerOf(
      [
        { localPort: 50000, start: 0, closed: 10, state: 'reset', closedBy: 'rst-client' },
        { localPort: 50000, start: 10, closed: 30, state: 'reset', closedBy: 'rst-client', remotePort: 443 },
        { localPort: 50000, start: 50, end: 60 },
      ],
      { ...OPTIONS, portRange: { first: 50000, last: 50000 } },
    );
    const { judged } = ledger.clientOccupancy(0);
    assert.deepEqual([judged.fullSeconds, judged.longestFullSeconds], [40, 30]);
    assert.deepEqual([judged.longestFullFrom, judged.longestFullTo], [0, 30e9]);
  });
});

function sameOccupancies(specs: readonly SessionSpec[]): void {
  const ledger = ledgerOf(specs);
  for (const [client, sessions] of eachClient(ledger, specs)) {
    const effective = naiveEffective(sessions, specs, OPTIONS.timeWaitSeconds);
    assert.equal(ledger.timeWait(client).effectiveSeconds, effective);
    const occupancy = ledger.clientOccupancy(client);
    sameOccupancy(occupancy, sessions, poolOf(sessions), effective, ledger);
    assert.equal(occupancy.startsOnBusyPort, naiveStartsOnBusyPort(sessions, effective, poolOf(sessions)));
  }
  for (const [target, sessions] of eachTarget(ledger, specs)) {
    const client = ledger.targets.client[target]!;
    const [, ofClient] = eachClient(ledger, specs)[client]!;
    const effective = naiveEffective(ofClient, specs, OPTIONS.timeWaitSeconds);
    sameOccupancy(ledger.targetOccupancy(target), sessions, poolOf(ofClient), effective, ledger);
  }
}

function sameOccupancy(
  occupancy: Occupancy,
  sessions: readonly NaiveSession[],
  pool: { first: number; last: number; usable: number },
  effective: number,
  ledger: Ledger,
): void {
  assert.deepEqual(
    occupancy.peaks.map((peak) => peak.timeWaitSeconds),
    [30, 45, 60, 120, 240],
  );
  for (const row of [...occupancy.peaks, occupancy.judged]) {
    const { peak, peakAt } = naivePeak(sessions, row.timeWaitSeconds, pool);
    assert.deepEqual([row.peak, row.peakAt], [peak, peakAt], `TIME_WAIT ${row.timeWaitSeconds} s`);
    assert.equal(row.ratio, peak / pool.usable);
  }
  const { judged } = occupancy;
  const { total, longest } = naiveFullTime(sessions, effective, pool, FULL_SHARE * pool.usable, ledger.span.to);
  assert.ok(Math.abs(judged.fullSeconds - total) < SLACK, `full for ${judged.fullSeconds} s, not ${total} s`);
  assert.ok(Math.abs(judged.longestFullSeconds - longest) < SLACK);
  const held = [...busyPorts(sessions, judged.peakAt, effective, pool).values()];
  assert.deepEqual(
    [judged.open, judged.halfClosed, judged.pending, judged.timeWait],
    ['open', 'halfClosed', 'pending', 'timeWait'].map((state) => count(held, (each) => each === state)),
  );
  const inPool = (session: NaiveSession) => session.localPort >= pool.first && session.localPort <= pool.last;
  assert.equal(
    occupancy.starts,
    count(sessions, (session) => !session.midstream && inPool(session)),
  );
}

/** The pool that the client's sessions make: the given one, or one of its own where most ports lie outside. */
function poolOf(sessions: readonly NaiveSession[]): { first: number; last: number; usable: number } {
  const ports = [...new Set(sessions.map((session) => session.localPort))];
  const inside = count(ports, (port) => port >= POOL.first && port <= POOL.last);
  if (inside * 2 >= ports.length) return { ...POOL, usable: 8 };
  return Math.min(...ports) >= 49152
    ? { first: 49152, last: 65535, usable: 16384 }
    : { first: 32768, last: 60999, usable: 28232 };
}
