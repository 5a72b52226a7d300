import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import type { Ledger } from '../../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import {
  MAX_DENSE_ROWS,
  MAX_WINDOWS,
  type WindowColumns,
  windowGrid,
} from '../../../src/analysis/ledger/window-grid.ts';
import { windowRows } from '../../../src/analysis/ledger/windows.ts';
import { BASE_SECONDS, buildSessions, type SessionSpec, specIndex } from '../session-builder.ts';
import { heldAt, type NaiveSession, naiveSessions, targetOf } from './naive.ts';
import { randomSessions } from './random-sessions.ts';

const TIME_WAIT = 45;
const OPTIONS = { ...DEFAULT_LEDGER_OPTIONS, timeWaitSeconds: TIME_WAIT };
const FAILED = ['syn-sent', 'refused', 'half-open'];

function ledgerOf(specs: readonly SessionSpec[]): Ledger {
  return buildLedger({ ...buildSessions(specs), options: OPTIONS });
}

interface Row {
  /** Unix seconds. */
  start: number;
  attempts: number;
  distinct: number;
  cumulative: number;
  open: number;
  timeWait: number;
  failed: number;
}

function rowsOf(ledger: Ledger, target: number): Row[] {
  return [...windowRows(ledger)].flatMap((columns) => rowsAmong(columns, target));
}

function rowsAmong(columns: WindowColumns, target: number): Row[] {
  const places = Array.from({ length: columns.count }, (_, at) => at).filter((at) => columns.target[at] === target);
  return places.map((at) => ({
    start: BASE_SECONDS + columns.start[at]! / 1e9,
    attempts: columns.attempts[at]!,
    distinct: columns.distinctLocalPorts[at]!,
    cumulative: columns.cumulativeLocalPorts[at]!,
    open: columns.openSessions[at]!,
    timeWait: columns.timeWait[at]!,
    failed: columns.failed[at]!,
  }));
}

/** Every window of the capture by the definition of its columns. */
function naiveWindows(ledger: Ledger, sessions: readonly NaiveSession[]): Row[] {
  const { seconds, first, count } = windowGrid(ledger);
  return Array.from({ length: count }, (_, window) => {
    const from = (first + window * seconds) * 1e9;
    const to = from + seconds * 1e9;
    // The last moment of the window; times are whole nanoseconds.
    const moment = Math.min(to - 1, ledger.span.to);
    const attempts = sessions.filter((session) => !session.midstream);
    const begun = attempts.filter(({ start }) => start >= from && start < to);
    const held = sessions.map((session) => heldAt(session, moment, TIME_WAIT));
    return {
      start: BASE_SECONDS + from / 1e9,
      attempts: begun.length,
      distinct: distinctPorts(begun),
      cumulative: distinctPorts(attempts.filter(({ start }) => start < to)),
      open: held.filter((state) => state === 'open' || state === 'halfClosed').length,
      timeWait: held.filter((state) => state === 'timeWait').length,
      failed: begun.filter((session) => FAILED.includes(session.state)).length,
    };
  });
}

function distinctPorts(sessions: readonly NaiveSession[]): number {
  return new Set(sessions.map((session) => session.localPort)).size;
}

describe('windows', () => {
  it('are those of their definition, from the first session to the last change', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        const groups = naiveSessions(specs);
        for (let target = 0; target < ledger.targets.count; target++) {
          const index = specIndex(ledger.sessions, ledger.targets.first[target]!);
          const name = targetOf(groups.find((session) => session.index === index)!);
          const expected = naiveWindows(
            ledger,
            groups.filter((session) => targetOf(session) === name),
          );
          const rows = rowsOf(ledger, target);
          const first = expected.findIndex((window) => window.start === rows[0]!.start);
          assert.deepEqual(rows, expected.slice(first, first + rows.length));
          for (const left of expected.slice(0, first)) assert.equal(left.attempts + left.open, 0);
          for (const left of expected.slice(first + rows.length)) {
            assert.equal(left.attempts + left.open + left.timeWait, 0, 'what is left out is empty');
          }
        }
      }),
    );
  });

  it('go on to the end of the capture while a port is in TIME_WAIT', () => {
    const built = buildSessions([{ localPort: 50_000, start: 1, closed: 90 }]);
    const ledger = buildLedger({ ...built, options: OPTIONS, span: { from: 0, to: 130e9 } });
    assert.deepEqual(
      rowsOf(ledger, 0).map(({ open, timeWait }) => [open, timeWait]),
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
    );
  });

  it('begin at multiples of their length since the epoch', () => {
    const ledger = ledgerOf([{ localPort: 50000, start: 5, closed: 6 }]);
    const [row] = rowsOf(ledger, 0);
    assert.equal(row!.start, Math.floor((BASE_SECONDS + 5) / 60) * 60);
  });

  it('double until there are at most 1,500', () => {
    const cases: [number, number][] = [
      [60 * 1400, 60],
      [60 * 1501, 120],
      [3 * 86_400, 240],
      [40 * 365 * 86_400, 983_040],
    ];
    for (const [span, expected] of cases) {
      const ledger = ledgerOf([
        { localPort: 50000, start: 0, closed: 1 },
        { localPort: 50001, start: span, closed: span + 1 },
      ]);
      const { seconds, count } = windowGrid(ledger);
      assert.equal(seconds, expected);
      assert.ok(count <= MAX_WINDOWS && count > MAX_WINDOWS / 2 - 2, `${count} windows of ${seconds} s`);
      assert.equal((ledger.timeline.baseSeconds + windowGrid(ledger).first) % seconds, 0);
    }
  });

  it('without a change are left out where all would be too many', () => {
    const span = 86_000;
    const targets = Math.ceil(MAX_DENSE_ROWS / (span / 60));
    const specs = Array.from({ length: targets }, (_, at) => ({
      remote: `10.2.${at >> 8}.${at & 255}`,
      localPort: 50000,
      start: at,
      end: span,
    }));
    const ledger = ledgerOf(specs);
    const [first] = [...windowRows(ledger)];
    assert.equal(first!.count, targets);
    const few = ledgerOf(specs.slice(0, 2));
    const rows = [...windowRows(few)].reduce((sum, chunk) => sum + chunk.count, 0);
    assert.equal(rows, 2 * windowGrid(few).count);
  });

  it('come in pieces that hold every target once', () => {
    const specs = Array.from({ length: 90 }, (_, at) => ({
      remote: `10.2.0.${at}`,
      localPort: 50000,
      start: 0,
      end: 86_000,
    }));
    const ledger = ledgerOf(specs);
    const chunks = [...windowRows(ledger)];
    assert.ok(chunks.length > 1);
    const seen = chunks.flatMap((chunk) => [...new Set(chunk.target)]);
    assert.deepEqual(seen, [...ledger.targets.client.keys()]);
  });

  it('are none where no packet has a time', () => {
    const ledger = ledgerOf([{ localPort: 50000, start: Number.NaN }]);
    assert.deepEqual([...windowRows(ledger)], []);
    assert.deepEqual(
      ledger.targetOccupancy(0).peaks.map((peak) => peak.peak),
      [0, 0, 0, 0, 0],
    );
  });
});
