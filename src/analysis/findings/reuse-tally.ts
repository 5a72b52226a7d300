/**
 * `reuse-in-time-wait`: the reuses of one target, counted by what they did to a TIME_WAIT and how the remote took them.
 */
import type { Ledger, RowRange } from '../ledger/ledger.ts';
import { repeatsIsn } from '../ledger/reuses.ts';
import { targetReuses, targetRows } from '../ledger/rows.ts';
import { DOCUMENTED_TIME_WAITS, GAP_TOLERANCE } from '../ledger/time-wait.ts';
import { SECOND } from '../segment/timeline.ts';
import {
  ACCEPTED,
  answerOf,
  BY_CLIENT,
  BY_REMOTE,
  CHALLENGED,
  CLOSED,
  outcomeOf,
  previousStateOf,
  REFUSED_ANSWER,
  RESET,
  SILENT,
} from '../session/sessions.ts';
import { fisherAtLeast } from './statistics/fisher.ts';

export const REUSE = {
  /** No system has a shorter TIME_WAIT of its own: what comes back sooner was let past it. */
  bypassSeconds: DOCUMENTED_TIME_WAITS[0],
  /** Silent or refused reuses that a firewall or NAT must have dropped, and how surely they stand out. */
  minDropped: 3,
  maxChance: 0.01,
  /** Windows gives up after 21 s; a younger attempt at the end of the capture may still be answered. */
  answerSeconds: 21,
} as const;

/** Session rows of the reuses of a target, by class. One reuse can be in several. */
export interface ReuseTally {
  /** All of them, as rows of `ReuseRows`. */
  readonly all: RowRange;
  /** Accepted sooner than any TIME_WAIT after the client's own close. */
  readonly bypassed: number[];
  /** Within the given TIME_WAIT after the remote's close: that TIME_WAIT is the remote's. */
  readonly insideRemote: number[];
  readonly challenged: number[];
  /** Silent and refused ones, after a FIN or over an open session, while a TIME_WAIT could still stand. */
  readonly silent: number[];
  readonly refused: number[];
  /** Over a session that was not closed. */
  readonly overOpen: number[];
  /** Chance that so many were silent, or refused, if reuses fared like first uses. */
  readonly silentChance: number;
  readonly refusedChance: number;
}

/** Of the reuses of a target. */
export function tallyReuses(ledger: Ledger, target: number): ReuseTally {
  const all = targetReuses(ledger, target);
  const rows = { bypassed: [], insideRemote: [], challenged: [], silent: [], refused: [], overOpen: [] } as Classes;
  let inTimeWait = 0;
  for (let reuse = all.from; reuse < all.to; reuse++) if (classify(ledger, reuse, rows)) inTimeWait++;
  const targeted = targetRows(ledger, target);
  return {
    all,
    ...rows,
    silentChance: chance(ledger, targeted, rows.silent.length, inTimeWait, 'unanswered'),
    refusedChance: chance(ledger, targeted, rows.refused.length, inTimeWait, 'refused'),
  };
}

type Classes = Pick<ReuseTally, 'bypassed' | 'insideRemote' | 'challenged' | 'silent' | 'refused' | 'overOpen'>;

/** Puts the reuse into its classes; answers whether it could meet a TIME_WAIT. */
function classify(ledger: Ledger, reuse: number, rows: Classes): boolean {
  const { sessions, reuses, options } = ledger;
  const row = reuses.session[reuse]!;
  const gap = reuses.gapSeconds[reuse]!;
  const closer = reuses.closedBy[reuse];
  const answer = answerOf(sessions.facts[row]!);
  const inside = gap < options.timeWaitSeconds - GAP_TOLERANCE;
  if (answer === CHALLENGED) rows.challenged.push(row);
  const copy = repeatsIsn(sessions, row);
  if (!copy && answer === ACCEPTED && closer === BY_CLIENT && isBypass(ledger, gap)) rows.bypassed.push(row);
  if (!copy && closer === BY_REMOTE && inside) rows.insideRemote.push(row);
  const overOpen = isOverOpen(ledger, row);
  if (overOpen) rows.overOpen.push(row);
  // After FINs while a TIME_WAIT stands; a RST leaves none (RFC 9293 section 3.6).
  const inTimeWait = overOpen || (inside && previousStateOf(sessions.facts[row]!) === CLOSED);
  if (inTimeWait && answer === REFUSED_ANSWER) rows.refused.push(row);
  if (inTimeWait && answer === SILENT && hadTime(ledger, row)) rows.silent.push(row);
  return inTimeWait;
}

/** More often dropped than first uses, beyond chance: something on the way remembers the session before. */
export function isDropped(tally: ReuseTally): boolean {
  return tally.silent.length >= REUSE.minDropped && tally.silentChance < REUSE.maxChance;
}

export function isRefusedOften(tally: ReuseTally): boolean {
  return tally.refused.length >= REUSE.minDropped && tally.refusedChance < REUSE.maxChance;
}

function isBypass({ options }: Ledger, gap: number): boolean {
  return gap < Math.min(REUSE.bypassSeconds, options.timeWaitSeconds) - GAP_TOLERANCE;
}

/** A capture that lost the RST or the FINs shows the same; the answer tells them apart. */
function isOverOpen({ sessions }: Ledger, row: number): boolean {
  const state = previousStateOf(sessions.facts[row]!);
  return state !== CLOSED && state !== RESET;
}

function hadTime({ sessions, span }: Ledger, row: number): boolean {
  return sessions.start[row]! <= span.to - REUSE.answerSeconds * SECOND;
}

function chance(
  ledger: Ledger,
  { from, to }: RowRange,
  failed: number,
  reuses: number,
  outcome: 'unanswered' | 'refused',
): number {
  const { facts, previous } = ledger.sessions;
  if (failed < REUSE.minDropped) return 1;
  let firstUses = 0;
  let failedFirst = 0;
  for (let row = from; row < to; row++) {
    const how = outcomeOf(facts[row]!);
    if (how === null || previous[row]! >= 0) continue;
    firstUses++;
    if (how === outcome) failedFirst++;
  }
  return fisherAtLeast(failed, reuses, failed + failedFirst, reuses + firstUses);
}
