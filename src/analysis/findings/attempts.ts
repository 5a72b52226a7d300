/** The attempts of one target or client as columns of their own, and what went wrong with them. */
import type { Ledger } from '../ledger/ledger.ts';
import { countBelow } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { MIDSTREAM, outcomeOf, REMOTE_SEEN } from '../session/sessions.ts';
import { rowsByStart } from './scene.ts';

/** An attempt this young at the end of the capture may still be answered: it is pending, not failed. */
const PENDING_SECONDS = 3;

export interface Attempts {
  /** Session rows, by start. */
  readonly rows: Uint32Array;
  /** Their times, ascending, in ns. */
  readonly starts: Float64Array;
}

/** `sessionRows` by start. */
export function attemptsAmong(ledger: Ledger, sessionRows: Uint32Array): Attempts {
  const { facts, start } = ledger.sessions;
  const rows = new Uint32Array(sessionRows.length);
  const starts = new Float64Array(sessionRows.length);
  let count = 0;
  for (let at = 0; at < sessionRows.length; at++) {
    const row = sessionRows[at]!;
    if (facts[row]! & MIDSTREAM || Number.isNaN(start[row]!)) continue;
    rows[count] = row;
    starts[count++] = start[row]!;
  }
  return { rows: rows.subarray(0, count), starts: starts.subarray(0, count) };
}

/** Of a client towards one target, or towards all (null). */
export function attemptsOf(ledger: Ledger, client: number, target: number | null): Attempts {
  return attemptsAmong(ledger, rowsByStart(ledger, client, target));
}

export function isRefused(ledger: Ledger, row: number): boolean {
  return outcomeOf(ledger.sessions.facts[row]!) === 'refused';
}

/**
 * Never answered, though the capture went on long enough for an answer. A remote that said anything else, such as a
 * challenge ACK, was not silent.
 */
export function isUnanswered(ledger: Ledger, row: number): boolean {
  return isSilent(ledger, row) && !isYoung(ledger, row);
}

/** Not answered yet, and too young to say that it will not be. */
export function isPending(ledger: Ledger, row: number): boolean {
  return isSilent(ledger, row) && isYoung(ledger, row);
}

function isSilent({ sessions }: Ledger, row: number): boolean {
  const facts = sessions.facts[row]!;
  return outcomeOf(facts) === 'unanswered' && (facts & REMOTE_SEEN) === 0;
}

function isYoung({ sessions, span }: Ledger, row: number): boolean {
  return sessions.start[row]! > span.to - PENDING_SECONDS * SECOND;
}

/** How many attempts began in [from, to). */
export function countBetween(attempts: Attempts, from: number, to: number): number {
  return countBelow(attempts.starts, to) - countBelow(attempts.starts, from);
}

/** Rows of the attempts that began in [from, to): a view. */
export function rowsBetween(attempts: Attempts, from: number, to: number): Uint32Array {
  return attempts.rows.subarray(countBelow(attempts.starts, from), countBelow(attempts.starts, to));
}
