/** F2: the reuses of one target, counted by what they did to a TIME_WAIT and how the remote took them. */
import type { Ledger } from '../ledger/ledger.ts';
import { closerBefore, gapSeconds } from '../ledger/reuses.ts';
import { GAP_TOLERANCE } from '../ledger/time-wait.ts';
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
  /** No system has a shorter TIME_WAIT of its own (DOMAIN 1.4): what comes back sooner was let past it. */
  bypassSeconds: 30,
  /** Silent or refused reuses that a firewall or NAT must have dropped, and how surely they stand out. */
  minDropped: 3,
  maxChance: 0.01,
  /** Windows gives up after 21 s; a younger attempt at the end of the capture may still be answered. */
  answerSeconds: 21,
} as const;

/** Session rows of the reuses, by class. One reuse can be in several. */
export interface ReuseTally {
  readonly all: readonly number[];
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

const SECOND = 1e9;

/** `all` are the reuses among the sessions of a target, both as rows by start. */
export function tallyReuses(ledger: Ledger, all: readonly number[], targetRows: Uint32Array): ReuseTally {
  const rows = { bypassed: [], insideRemote: [], challenged: [], silent: [], refused: [], overOpen: [] } as Classes;
  let inTimeWait = 0;
  for (const row of all) if (classify(ledger, row, rows)) inTimeWait++;
  return {
    all,
    ...rows,
    silentChance: chance(ledger, targetRows, rows.silent.length, inTimeWait, 'unanswered'),
    refusedChance: chance(ledger, targetRows, rows.refused.length, inTimeWait, 'refused'),
  };
}

type Classes = Pick<ReuseTally, 'bypassed' | 'insideRemote' | 'challenged' | 'silent' | 'refused' | 'overOpen'>;

/** Puts the reuse into its classes; answers whether it could meet a TIME_WAIT. */
function classify(ledger: Ledger, row: number, rows: Classes): boolean {
  const { sessions, options } = ledger;
  const answer = answerOf(sessions.facts[row]!);
  const gap = gapSeconds(sessions, row);
  const closer = closerBefore(sessions, row);
  const inside = gap < options.timeWaitSeconds - GAP_TOLERANCE;
  if (answer === CHALLENGED) rows.challenged.push(row);
  if (answer === ACCEPTED && closer === BY_CLIENT && isBypass(ledger, gap)) rows.bypassed.push(row);
  if (closer === BY_REMOTE && inside) rows.insideRemote.push(row);
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
  rows: Uint32Array,
  failed: number,
  reuses: number,
  outcome: 'unanswered' | 'refused',
): number {
  const { facts, previous } = ledger.sessions;
  if (failed < REUSE.minDropped) return 1;
  let firstUses = 0;
  let failedFirst = 0;
  for (const row of rows) {
    const how = outcomeOf(facts[row]!);
    if (how === null || previous[row]! >= 0) continue;
    firstUses++;
    if (how === outcome) failedFirst++;
  }
  return fisherAtLeast(failed, reuses, failed + failedFirst, reuses + firstUses);
}
