/** Random sessions: every figure of the ledger against its definition. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { FULL_SHARE } from '../../../src/analysis/ledger/full-time.ts';
import type { Ledger, Occupancy } from '../../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import { portColumns } from '../../../src/analysis/ledger/ports.ts';
import { GAP_EDGES, reuseColumns, reusesByTime } from '../../../src/analysis/ledger/reuses.ts';
import { clientRowsByStart, rowNumbers, targetRows } from '../../../src/analysis/ledger/rows.ts';
import { buildSessions, type SessionSpec, specIndex } from '../session-builder.ts';
import {
  busyPorts,
  type NaiveSession,
  naiveEffective,
  naiveFullTime,
  naiveGap,
  naivePeak,
  naiveSessions,
  naiveStartsOnBusyPort,
  targetOf,
} from './naive.ts';
import { manySessions, randomSessions } from './random-sessions.ts';

const POOL = { first: 50000, last: 50007 };
const OPTIONS: LedgerOptions = { ...DEFAULT_LEDGER_OPTIONS, timeWaitSeconds: 45, portRange: POOL };
const SLACK = 1e-6;

function ledgerOf(specs: readonly SessionSpec[], options = OPTIONS): Ledger {
  return buildLedger({ ...buildSessions(specs), options });
}

/** The rows of `Targets` and their sessions by the definition. */
function eachTarget(ledger: Ledger, specs: readonly SessionSpec[]): [number, NaiveSession[]][] {
  const groups = groupBy(naiveSessions(specs), targetOf);
  assert.equal(ledger.targets.count, groups.size);
  return Array.from({ length: ledger.targets.count }, (_, target) => {
    const { targets, clients, addresses } = ledger;
    const client = addresses.text(clients.address[targets.client[target]!]!);
    const name = `${client} ${addresses.text(targets.remote[target]!)}:${targets.remotePort[target]}`;
    return [target, groups.get(name)!];
  });
}

function eachClient(ledger: Ledger, specs: readonly SessionSpec[]): [number, NaiveSession[]][] {
  const groups = groupBy(naiveSessions(specs), (session) => session.client);
  assert.equal(ledger.clients.count, groups.size);
  return Array.from({ length: ledger.clients.count }, (_, client) => [
    client,
    groups.get(ledger.addresses.text(ledger.clients.address[client]!))!,
  ]);
}

/** The specs that these session rows were made of, as indexes. */
function specsOf({ sessions }: Ledger, rows: Uint32Array): number[] {
  return Array.from(rows, (row) => specIndex(sessions, row));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function count<T>(items: readonly T[], matches: (item: T) => boolean): number {
  return items.filter(matches).length;
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

describe('the figures of random sessions', () => {
  it('groups every session whose client is known, by start', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        for (const [target, sessions] of eachTarget(ledger, specs)) {
          assert.deepEqual(
            specsOf(ledger, rowNumbers(targetRows(ledger, target))),
            sessions.map((session) => session.index),
          );
        }
        for (const [client, sessions] of eachClient(ledger, specs)) {
          assert.deepEqual(
            specsOf(ledger, clientRowsByStart(ledger, client)),
            sessions.map((session) => session.index),
          );
          assert.equal(
            ledger.clients.attempts[client],
            count(sessions, (session) => !session.midstream),
          );
          const used = sessions.filter((session) => !session.midstream).map((session) => session.localPort);
          assert.equal(ledger.distinctLocalPorts(client), new Set(used).size);
        }
        for (const [row, target] of ledger.targetOf.entries()) {
          assert.equal(target === -1, specs[specIndex(ledger.sessions, row)]!.clientUnknown === true);
        }
      }),
    );
  });

  it('counts attempts, outcomes, ends and reuses of a target', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        for (const [target, sessions] of eachTarget(ledger, specs)) {
          assert.deepEqual(ledger.counts(target), naiveCounts(sessions, specs));
        }
      }),
    );
  });

  it('has a row for every local port of a target', () => {
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

  it('lists every reuse by time, with its gap', () => {
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

  it('finds the highest occupancy of a target and of a client', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        sameOccupancies(specs);
      }),
    );
  });

  it('does so for groups whose figures are kept', () => {
    fc.assert(
      fc.property(manySessions, (specs) => {
        sameOccupancies(specs);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });
});

describe('borders', () => {
  it('of two holds of one port at one moment are no gap in a full pool', () => {
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

  it('a SYN that the capture has before the close makes a gap of 0', () => {
    const ledger = ledgerOf([
      { localPort: 50000, start: 0, closed: 10 },
      { localPort: 50000, start: 9.999, reuseOf: 0, previousState: 'closed' },
    ]);
    assert.equal(ledger.counts(0).reuses.minGapSeconds, 0);
    assert.deepEqual(ledger.counts(0).reuses.histogram, [1, 0, 0, 0, 0, 0]);
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

function naiveCounts(sessions: readonly NaiveSession[], specs: readonly SessionSpec[]) {
  const attempts = sessions.filter((session) => !session.midstream);
  const established = sessions.filter((session) => session.midstream || !FAILED.includes(session.state));
  const reuses = sessions.filter((session) => session.reuseOf !== undefined);
  const gaps = reuses.flatMap((session) => orNaN(naiveGap(session, specs))).filter((gap) => !Number.isNaN(gap));
  const failed = (state: string) => count(attempts, (session) => session.state === state);
  const ended = (state: string) => count(established, (session) => session.state === state);
  const answered = (answer: string) => count(reuses, (session) => session.answer === answer);
  return {
    synPackets: sessions.reduce((sum, session) => sum + session.synPackets!, 0),
    attempts: attempts.length,
    synRetransmissions: attempts.reduce((sum, session) => sum + session.synPackets! - session.synCopies! - 1, 0),
    distinctLocalPorts: new Set(attempts.map((session) => session.localPort)).size,
    midstreamSessions: sessions.length - attempts.length,
    outcomes: {
      established: count(attempts, (session) => !FAILED.includes(session.state)),
      refused: failed('refused'),
      unanswered: failed('syn-sent'),
      halfOpen: failed('half-open'),
    },
    ends: {
      open: ended('open'),
      halfClosedByRemote: ended('half-closed-by-remote'),
      halfClosedByClient: ended('half-closed-by-client'),
      closed: ended('closed'),
      reset: ended('reset'),
    },
    reuses: {
      count: reuses.length,
      minGapSeconds: gaps.length === 0 ? Number.NaN : Math.min(...gaps),
      histogram: GAP_EDGES.map((from, bin) =>
        count(gaps, (gap) => gap >= from && gap < (GAP_EDGES[bin + 1] ?? Number.POSITIVE_INFINITY)),
      ),
      answers: {
        accepted: answered('accepted'),
        challenged: answered('challenged'),
        refused: answered('refused'),
        silent: answered('silent'),
      },
    },
    firstAttempt: attempts[0]?.start ?? Number.NaN,
    lastAttempt: attempts.at(-1)?.start ?? Number.NaN,
  };
}

const FAILED = ['syn-sent', 'refused', 'half-open'];

function orNaN(gap: number | null): number {
  return gap ?? Number.NaN;
}

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
