/** The figures of the ledger by their definitions, one object a session and no thought of time: what it is held against. */
import { DOCUMENTED_TIME_WAITS } from '../../../src/analysis/ledger/time-wait.ts';
import type { SessionSpec } from '../session-builder.ts';

export interface NaiveSession extends SessionSpec {
  index: number;
  client: string;
  remote: string;
  remotePort: number;
  state: NonNullable<SessionSpec['state']>;
  /** Times in whole nanoseconds; what is not there is NaN. */
  start: number;
  end: number;
  closedAt: number;
  /** Start of the next session on the four-tuple, Infinity for the last. */
  next: number;
}

const RELEASED_AFTER = 21e9;

export function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}

/** Sessions by start; ties by their place. */
export function naiveSessions(specs: readonly SessionSpec[]): NaiveSession[] {
  const sessions = specs
    .map((spec, index) => ({
      ...spec,
      index,
      client: spec.client ?? '10.1.1.10',
      remote: spec.remote ?? '10.2.0.1',
      remotePort: spec.remotePort ?? 3200,
      state: spec.state ?? (spec.closed === undefined ? ('open' as const) : ('closed' as const)),
      start: nanoseconds(spec.start),
      end: nanoseconds(spec.end ?? spec.closed ?? spec.start + 1),
      closedAt: nanoseconds(spec.closed ?? Number.NaN),
      next: Number.POSITIVE_INFINITY,
    }))
    .filter((session) => !session.clientUnknown)
    .sort((a, b) => a.start - b.start || a.index - b.index);
  sessions.forEach((session, at) => {
    const next = sessions.slice(at + 1).find((later) => tupleOf(later) === tupleOf(session));
    if (next) session.next = next.start;
  });
  return sessions;
}

export function targetOf(session: NaiveSession): string {
  return `${session.client} ${session.remote}:${session.remotePort}`;
}

function tupleOf(session: NaiveSession): string {
  return `${targetOf(session)} ${session.localPort}`;
}

/** Until when the session holds its port, TIME_WAIT aside. */
function heldUntil(session: NaiveSession): number {
  const { end, closedAt } = session;
  const known = !Number.isNaN(closedAt);
  const shortest = session.start + 1000;
  switch (session.state) {
    case 'closed':
      return Math.max(closedAt, shortest);
    case 'reset':
      return known ? Math.max(closedAt, shortest) : Number.POSITIVE_INFINITY;
    case 'refused':
      return Math.max(known ? closedAt : end, shortest);
    case 'half-open':
      return known ? Math.max(closedAt, shortest) : Math.max(end, session.start + RELEASED_AFTER);
    case 'syn-sent':
      return Math.max(end, session.start + RELEASED_AFTER);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

export function leavesTimeWait(session: NaiveSession): boolean {
  return (
    session.state === 'closed' &&
    (session.closedBy ?? 'client') === 'client' &&
    session.closedAt >= session.start + 1000
  );
}

export type Held = 'open' | 'halfClosed' | 'pending' | 'timeWait' | null;

/** What the session keeps its port in at `moment`; null once it has let go of it. */
export function heldAt(session: NaiveSession, moment: number, timeWait: number): Held {
  if (moment < session.start || moment >= session.next) return null;
  const until = heldUntil(session);
  if (moment >= until) return leavesTimeWait(session) && moment < until + nanoseconds(timeWait) ? 'timeWait' : null;
  if (['syn-sent', 'refused', 'half-open'].includes(session.state) && !session.midstream) return 'pending';
  return session.state.startsWith('half-closed') && session.closedAt <= moment ? 'halfClosed' : 'open';
}

const PRECEDENCE: Held[] = ['open', 'halfClosed', 'pending', 'timeWait'];

/** Busy ports of the pool at `moment`, each with what it is in. */
export function busyPorts(
  sessions: readonly NaiveSession[],
  moment: number,
  timeWait: number,
  pool: { first: number; last: number },
): Map<number, Held> {
  const busy = new Map<number, Held>();
  for (const session of sessions) {
    if (session.localPort < pool.first || session.localPort > pool.last) continue;
    const held = heldAt(session, moment, timeWait);
    const known = busy.get(session.localPort);
    if (held === null) continue;
    if (known === undefined || PRECEDENCE.indexOf(held) < PRECEDENCE.indexOf(known)) busy.set(session.localPort, held);
  }
  return busy;
}

export function naivePeak(
  sessions: readonly NaiveSession[],
  timeWait: number,
  pool: { first: number; last: number },
): { peak: number; peakAt: number } {
  let best = { peak: 0, peakAt: Number.NaN };
  for (const { start } of sessions) {
    const peak = busyPorts(sessions, start, timeWait, pool).size;
    if (peak > best.peak) best = { peak, peakAt: start };
  }
  return best;
}

/** Total and longest time in seconds at `threshold` or more busy ports, up to `end`. */
export function naiveFullTime(
  sessions: readonly NaiveSession[],
  timeWait: number,
  pool: { first: number; last: number },
  threshold: number,
  end: number,
): { total: number; longest: number } {
  const moments = sessions.flatMap((session) => {
    const until = heldUntil(session);
    return [session.start, until, leavesTimeWait(session) ? until + nanoseconds(timeWait) : until, session.next];
  });
  const steps = [...new Set([...moments.filter((moment) => moment < end), end])].sort((a, b) => a - b);
  let total = 0;
  let longest = 0;
  let stretch = 0;
  for (let at = 0; at + 1 < steps.length; at++) {
    const isFull = busyPorts(sessions, steps[at]!, timeWait, pool).size >= threshold;
    const length = steps[at + 1]! - steps[at]!;
    stretch = isFull ? stretch + length : 0;
    if (isFull) total += length;
    longest = Math.max(longest, stretch);
  }
  return { total: total / 1e9, longest: longest / 1e9 };
}

/** Attempts of the pool that began on a port busy towards another remote. */
export function naiveStartsOnBusyPort(
  sessions: readonly NaiveSession[],
  timeWait: number,
  pool: { first: number; last: number },
): number {
  return sessions.filter((session, at) => {
    if (session.midstream || session.localPort < pool.first || session.localPort > pool.last) return false;
    const others = sessions
      .slice(0, at)
      .filter((other) => other.client === session.client && other.localPort === session.localPort);
    const latest = new Map(others.map((other) => [targetOf(other), { ...other, next: Number.POSITIVE_INFINITY }]));
    latest.delete(targetOf(session));
    return [...latest.values()].some((other) => heldAt(other, session.start, timeWait) !== null);
  }).length;
}

export function naiveGap(session: NaiveSession, specs: readonly SessionSpec[]): number | null {
  if (session.reuseOf === undefined) return null;
  const earlier = specs[session.reuseOf]!;
  if (session.previousState !== 'closed' && session.previousState !== 'reset') return null;
  return earlier.closed === undefined ? null : Math.max(0, session.start - nanoseconds(earlier.closed)) / 1e9;
}

export function naiveEffective(
  sessions: readonly NaiveSession[],
  specs: readonly SessionSpec[],
  given: number,
): number {
  const gaps = sessions
    .filter((session) => session.previousState === 'closed' && (session.answer ?? 'accepted') === 'accepted')
    .filter((session) => (specs[session.reuseOf ?? -1]?.closedBy ?? 'client') === 'client')
    .flatMap((session) => naiveGap(session, specs) ?? []);
  if (gaps.length === 0) return given;
  const least = Math.min(...gaps);
  const shown = DOCUMENTED_TIME_WAITS.filter((documented) => documented <= least + 0.001);
  return Math.min(given, shown.at(-1) ?? least);
}

/** As the columns have it. */
export function orNaN(gap: number | null): number {
  return gap ?? Number.NaN;
}

export function count<T>(items: readonly T[], matches: (item: T) => boolean): number {
  return items.filter(matches).length;
}
