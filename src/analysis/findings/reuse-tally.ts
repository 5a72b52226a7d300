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
  const inTimeWait = all.filter((row) => couldMeetTimeWait(ledger, row));
  const silent = inTimeWait.filter((row) => answerIs(ledger, row, SILENT) && hadTime(ledger, row));
  const refused = inTimeWait.filter((row) => answerIs(ledger, row, REFUSED_ANSWER));
  return {
    all,
    bypassed: all.filter((row) => isBypass(ledger, row)),
    insideRemote: all.filter((row) => isInsideRemote(ledger, row)),
    challenged: all.filter((row) => answerIs(ledger, row, CHALLENGED)),
    silent,
    refused,
    overOpen: all.filter((row) => isOverOpen(ledger, row)),
    silentChance: chance(ledger, targetRows, silent.length, inTimeWait.length, 'unanswered'),
    refusedChance: chance(ledger, targetRows, refused.length, inTimeWait.length, 'refused'),
  };
}

/** More often dropped than first uses, beyond chance: something on the way remembers the session before. */
export function isDropped(tally: ReuseTally): boolean {
  return tally.silent.length >= REUSE.minDropped && tally.silentChance < REUSE.maxChance;
}

export function isRefusedOften(tally: ReuseTally): boolean {
  return tally.refused.length >= REUSE.minDropped && tally.refusedChance < REUSE.maxChance;
}

function isBypass(ledger: Ledger, row: number): boolean {
  const { sessions, options } = ledger;
  if (!answerIs(ledger, row, ACCEPTED) || closerBefore(sessions, row) !== BY_CLIENT) return false;
  return gapSeconds(sessions, row) < Math.min(REUSE.bypassSeconds, options.timeWaitSeconds) - GAP_TOLERANCE;
}

function isInsideRemote({ sessions, options }: Ledger, row: number): boolean {
  if (closerBefore(sessions, row) !== BY_REMOTE) return false;
  return gapSeconds(sessions, row) < options.timeWaitSeconds - GAP_TOLERANCE;
}

/** A capture that lost the RST or the FINs shows the same; the answer tells them apart. */
function isOverOpen({ sessions }: Ledger, row: number): boolean {
  const state = previousStateOf(sessions.facts[row]!);
  return state !== CLOSED && state !== RESET;
}

/** Over an open session, or after FINs while a TIME_WAIT stands; a RST leaves none (RFC 9293 section 3.6). */
function couldMeetTimeWait(ledger: Ledger, row: number): boolean {
  if (isOverOpen(ledger, row)) return true;
  if (previousStateOf(ledger.sessions.facts[row]!) !== CLOSED) return false;
  return gapSeconds(ledger.sessions, row) < ledger.options.timeWaitSeconds - GAP_TOLERANCE;
}

function answerIs({ sessions }: Ledger, row: number, answer: number): boolean {
  return answerOf(sessions.facts[row]!) === answer;
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
