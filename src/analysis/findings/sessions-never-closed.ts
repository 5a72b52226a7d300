/**
 * `sessions-never-closed`: established sessions pile up without FIN or RST. A connection pool that rests looks the same
 * for a while, so a session counts only when it is older and quieter than this target's own sessions ever are.
 */
import type { Ledger, RowRange } from '../ledger/ledger.ts';
import { clientRows, targetRows, unendedAmong } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { ESTABLISHED, MIDSTREAM, OPEN, stateOf } from '../session/sessions.ts';
import { byTarget } from './by-target.ts';
import { absence, type Judgement, judgement } from './judgement.ts';
import { leakFound } from './leak.ts';
import { isOver, lostEnds } from './missed-ends.ts';
import { mayHaveEndedInHole, type Scene, targetsOf } from './scene.ts';
import { leakText, noLeakText } from './sessions-never-closed-text.ts';
import { quantile } from './statistics/quantile.ts';

export const NEVER_CLOSED = {
  minSessions: 10,
  minAgeSeconds: 20,
  minIdleSeconds: 10,
  idlePerDuration: 3,
  idlePerRest: 2,
  /** Of the pauses after which payload came again, the share that counts as the target's rest. */
  restQuantile: 0.9,
  /**
   * A pool is opened at once, and falls silent at once when there is nothing more to do; a leak goes on: sessions must be
   * opened, and left, in so many of the equal windows of the capture.
   */
  windows: 8,
  minWindows: 3,
  /**
   * Sessions that had begun before the capture, or were missed when they began, and were closed when they were too old for
   * their like: as many of those that are open will be. So many times their number is allowed for.
   */
  outlastingMargin: 2,
  /** Of the sessions left, the share that the client must have passed over: who still needs one takes it. */
  passedOverShare: 0.5,
  /** Below so many sessions that are old enough to judge, a small leak would not have shown. */
  minJudged: 100,
} as const;

/** What a session of this target must exceed to count as never closed. */
export interface Limits {
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** 99th percentile of the durations of closed sessions that began in the capture, NaN where none closed. */
  readonly p99Seconds: number;
  readonly restSeconds: number;
}

export interface Leak {
  readonly target: number;
  readonly limits: Limits;
  /** Session rows that are open, old and idle, by start. */
  readonly rows: readonly number[];
  /** Such sessions beside them whose end a hole of the capture may have swallowed. */
  readonly inHole: number;
  /** Windows of the capture in which they were opened, and in which they carried something new for the last time. */
  readonly windows: number;
  readonly silentWindows: number;
  /** Of them, those that were silent already when the client opened another session to the same remote. */
  readonly passedOver: number;
  /** Sessions of the target that had begun before the capture and were closed in it at a greater age than the limit. */
  readonly outlasting: number;
  /** Sessions with a SYN that began long enough before the end to be judged, and how many of these are open. */
  readonly judged: number;
  readonly open: number;
}

export function sessionsNeverClosed(scene: Scene, client: number): Judgement[] {
  const { ledger } = scene;
  const provable = scene.quality.grade !== 'C' && !scene.flagsOnly;
  const open = openSessions(ledger, clientRows(ledger, client));
  const leaks = Array.from(byTarget(ledger, open, 1), ([target, rows]) => leakOf(scene, target, rows));
  const found = leaks.filter((leak) => isLeak(scene, leak));
  if (!provable || found.length === 0) return [notFound(scene, client, leaks, provable)];
  return found.map((leak) => supported(scene, client, leak));
}

/** A leak has more than the capture, and the usual life of the target's sessions, can explain. */
function isLeak(scene: Scene, { rows, windows, silentWindows, passedOver, outlasting, judged }: Leak): boolean {
  const explained = lostEnds(scene, judged) + NEVER_CLOSED.outlastingMargin * outlasting;
  if (rows.length < NEVER_CLOSED.minSessions + explained) return false;
  if (passedOver < NEVER_CLOSED.passedOverShare * rows.length) return false;
  return Math.min(windows, silentWindows) >= NEVER_CLOSED.minWindows;
}

/** Attempts that are open at the end, and old enough for any limit. */
function openSessions(ledger: Ledger, rows: RowRange): number[] {
  const { sessions, span } = ledger;
  const { facts, start } = sessions;
  const latest = span.to - NEVER_CLOSED.minAgeSeconds * SECOND;
  const open: number[] = [];
  for (const row of unendedAmong(ledger, rows)) {
    if (stateOf(facts[row]!) === OPEN && isEstablishedAttempt(facts[row]!) && start[row]! < latest) open.push(row);
  }
  return open;
}

function countEstablished({ sessions }: Ledger, { from, to }: RowRange, before: number): number {
  const { facts, start } = sessions;
  let count = 0;
  for (let row = from; row < to; row++) if (isEstablishedAttempt(facts[row]!) && start[row]! < before) count++;
  return count;
}

function isEstablishedAttempt(facts: number): boolean {
  return (facts & (MIDSTREAM | ESTABLISHED)) === ESTABLISHED;
}

function leakOf(scene: Scene, target: number, candidates: readonly number[]): Leak {
  const { ledger } = scene;
  const { start } = ledger.sessions;
  const all = targetRows(ledger, target);
  const limits = limitsOf(scene, target, all);
  const latest = ledger.span.to - limits.ageSeconds * SECOND;
  const old = candidates.filter((row) => start[row]! < latest);
  const forgotten = old.filter((row) => isForgotten(scene, row, limits));
  const rows = forgotten.filter((row) => !mayHaveEndedInHole(scene, row));
  const windowsOf = (timeOf: (row: number) => number) => new Set(rows.map((row) => windowOf(ledger, timeOf(row)))).size;
  const lastAttempt = start[lastAttemptAmong(ledger, all)]!;
  return {
    target,
    limits,
    rows,
    inHole: forgotten.length - rows.length,
    windows: windowsOf((row) => start[row]!),
    silentWindows: windowsOf((row) => silentSince(ledger, row)),
    passedOver: rows.filter((row) => silentSince(ledger, row) < lastAttempt).length,
    outlasting: countOutlasting(ledger, all, limits.ageSeconds),
    judged: countEstablished(ledger, all, latest),
    open: old.length,
  };
}

/** Rows of a target stand by their start; those without one come last, and every leak has an attempt. */
function lastAttemptAmong({ sessions }: Ledger, { from, to }: RowRange): number {
  const { facts, start } = sessions;
  let row = to - 1;
  while (row > from && (facts[row]! & MIDSTREAM || Number.isNaN(start[row]!))) row--;
  return row;
}

function countOutlasting({ sessions, span }: Ledger, { from, to }: RowRange, seconds: number): number {
  const { facts, closed } = sessions;
  const earliest = span.from + seconds * SECOND;
  let count = 0;
  for (let row = from; row < to; row++) {
    if (facts[row]! & MIDSTREAM && closed[row]! > earliest && isOver(sessions, row)) count++;
  }
  return count;
}

/** Quieter than the target's sessions are, and than it ever was itself: beside many short ones a few may rest long. */
function isForgotten(scene: Scene, row: number, limits: Limits): boolean {
  const ownRest = NEVER_CLOSED.idlePerRest * scene.ledger.sessions.longestPause[row]!;
  return idleSeconds(scene, row) > Math.max(limits.idleSeconds, ownRest);
}

function windowOf({ span }: Ledger, time: number): number {
  return Math.floor((NEVER_CLOSED.windows * (time - span.from)) / (span.to - span.from));
}

/** Keep-alives and retransmissions carry nothing new: they are no activity. */
function silentSince({ sessions }: Ledger, row: number): number {
  const last = sessions.lastPayload[row]!;
  return Number.isNaN(last) ? sessions.start[row]! : last;
}

export function idleSeconds({ ledger }: Scene, row: number): number {
  return (ledger.span.to - silentSince(ledger, row)) / SECOND;
}

function limitsOf({ ledger }: Scene, target: number, { from, to }: RowRange): Limits {
  const p99Seconds = ledger.longDuration(target, 'in-capture');
  const usual = Number.isNaN(p99Seconds) ? 0 : p99Seconds;
  const pauses = Float64Array.from(ledger.sessions.longestPause.subarray(from, to));
  const restSeconds = pauses.length === 0 ? 0 : quantile(pauses, NEVER_CLOSED.restQuantile);
  return {
    ageSeconds: Math.max(NEVER_CLOSED.minAgeSeconds, usual),
    idleSeconds: Math.max(
      NEVER_CLOSED.minIdleSeconds,
      NEVER_CLOSED.idlePerDuration * usual,
      NEVER_CLOSED.idlePerRest * restSeconds,
    ),
    p99Seconds,
    restSeconds,
  };
}

function supported(scene: Scene, client: number, leak: Leak): Judgement {
  const found = { code: 'sessions-never-closed', client, target: leak.target, held: leak.rows.length } as const;
  return leakFound(scene, found, (growth) => leakText(scene, client, leak, growth));
}

/** Excluded only where a leak of a tenth would have shown and nothing looks like the beginning of one. */
function notFound(scene: Scene, client: number, leaks: readonly Leak[], provable: boolean): Judgement {
  const suspects = leaks.reduce((sum, leak) => sum + leak.rows.length, 0);
  const open = leaks.reduce((sum, leak) => sum + leak.open, 0);
  const latest = scene.ledger.span.to - usualAge(scene, client) * SECOND;
  const judged = countEstablished(scene.ledger, clientRows(scene.ledger, client), latest);
  const inHole = leaks.reduce((sum, leak) => sum + leak.inHole, 0);
  const excluded = provable && suspects + inHole === 0 && judged >= NEVER_CLOSED.minJudged;
  const head = absence('sessions-never-closed', excluded ? 'excluded' : 'inconclusive', client, suspects);
  return judgement(scene, head, () =>
    noLeakText(scene, client, { judged, open, suspects, inHole, provable, excluded }),
  );
}

/** The age that the client's largest target asks for: what its sessions have to reach before a leak would show. */
function usualAge({ ledger }: Scene, client: number): number {
  const { from, to } = targetsOf(ledger, client);
  let largest = from;
  for (let target = from; target < to; target++) {
    if (ledger.targets.attempts[target]! > ledger.targets.attempts[largest]!) largest = target;
  }
  const usual = ledger.longDuration(largest, 'in-capture');
  return Math.max(NEVER_CLOSED.minAgeSeconds, Number.isNaN(usual) ? 0 : usual);
}
