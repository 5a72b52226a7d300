import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import { compositionAt } from './composition.ts';
import { FullTime } from './full-time.ts';
import type { JudgedPeak, Occupancy, Peak, Pool } from './ledger.ts';
import { PortEvents } from './port-events.ts';
import { type PortUse, portUse, type SweepColumns } from './port-use.ts';

const NANOSECONDS = 1e9;

/**
 * Occupancy of the ports of `pool` by the sessions `rows` (by start), exact: every event is looked at (DOMAIN 4.1,
 * F1). A row for each of `timeWaits`, and the judged one at `effective`; all in seconds.
 */
export function occupancyOf(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  timeWaits: readonly number[],
  effective: number,
): Occupancy {
  const use = portUse(columns, rows, pool);
  const { judged, ...shared } = judge(columns, use, pool, effective);
  const spanSeconds = (columns.span.to - columns.span.from) / NANOSECONDS;
  const peaks: Peak[] = [];
  for (const timeWait of timeWaits) {
    // A TIME_WAIT as long as the capture never ends in it: a longer one makes no difference.
    const same = [judged, ...peaks].find(
      (other) => other.timeWaitSeconds === timeWait || Math.min(other.timeWaitSeconds, timeWait) > spanSeconds,
    );
    peaks.push(peakRow(timeWait, same ?? sweepPeak(use, columns.holders, timeWait * NANOSECONDS), pool));
  }
  return { peaks, judged, ...shared };
}

interface Highest {
  readonly peak: number;
  readonly peakAt: number;
}

function peakRow(timeWaitSeconds: number, { peak, peakAt }: Highest, pool: Pool): Peak {
  return { timeWaitSeconds, peak, peakAt, ratio: pool.usable > 0 ? peak / pool.usable : 0 };
}

/**
 * The peak alone. It can only be reached by a start, so ends are taken in when the next start comes. Ends at the same
 * moment go first: a hold lasts up to its end and not longer.
 */
function sweepPeak(use: PortUse, holders: Uint32Array, timeWait: number): Highest {
  const { count, port, start, before, released, releasedAt, waiting, waitingFrom } = use;
  const holding = new Uint8Array(count);
  let busy = 0;
  let peak = 0;
  let peakAt = Number.NaN;
  let releases = 0;
  let expiries = 0;
  for (let next = 0; next < count; next++) {
    const now = start[next]!;
    for (; releases < released.length && releasedAt[releases]! <= now; releases++) {
      busy -= free(released[releases]!, holding, holders, port);
    }
    for (; expiries < waiting.length && waitingFrom[expiries]! + timeWait <= now; expiries++) {
      busy -= free(waiting[expiries]!, holding, holders, port);
    }
    if (before[next]! >= 0) busy -= free(before[next]!, holding, holders, port);
    holding[next] = 1;
    if (holders[port[next]!]!++ === 0) busy++;
    if (busy > peak) {
      peak = busy;
      peakAt = now;
    }
  }
  clear(use, holders);
  return { peak, peakAt };
}

/** Ends a use's hold on its port, if it has one: 1 when the port is free then, else 0. */
function free(use: number, holding: Uint8Array, holders: Uint32Array, port: Uint16Array): number {
  if (holding[use] === 0) return 0;
  holding[use] = 0;
  return --holders[port[use]!]! === 0 ? 1 : 0;
}

function clear({ port }: PortUse, holders: Uint32Array): void {
  for (const used of port) holders[used] = 0;
}

/** The same sweep event by event, which also sees how long the pool is full and which ports are shared. */
function judge(columns: SweepColumns, use: PortUse, pool: Pool, timeWaitSeconds: number) {
  const { holders, sessions, span } = columns;
  const timeWait = timeWaitSeconds * NANOSECONDS;
  const holding = new Uint8Array(use.count);
  const full = new FullTime(pool.usable);
  const events = new PortEvents(use, timeWait);
  let busy = 0;
  let peak = 0;
  let peakAt = Number.NaN;
  let startsOnBusyPort = 0;
  while (events.advance(span.to)) {
    const at = events.use;
    if (!events.isStart) {
      busy -= free(at, holding, holders, use.port);
    } else {
      if (use.before[at]! >= 0) busy -= free(use.before[at]!, holding, holders, use.port);
      holding[at] = 1;
      if (holders[use.port[at]!]!++ === 0) busy++;
      else if (isAttempt(sessions, use.row[at]!)) startsOnBusyPort++;
      if (busy > peak) {
        peak = busy;
        peakAt = events.time;
      }
    }
    full.level(busy, events.time);
  }
  clear(use, holders);
  full.end(span.to);
  const judged: JudgedPeak = {
    ...peakRow(timeWaitSeconds, { peak, peakAt }, pool),
    ...full.figures(),
    ...compositionAt(columns, use, peakAt, timeWait),
  };
  return { judged, starts: countAttempts(sessions, use.row), startsOnBusyPort };
}

function isAttempt(sessions: Sessions, row: number): boolean {
  return (sessions.facts[row]! & MIDSTREAM) === 0;
}

function countAttempts(sessions: Sessions, rows: Uint32Array): number {
  let attempts = 0;
  for (const row of rows) if (isAttempt(sessions, row)) attempts++;
  return attempts;
}
