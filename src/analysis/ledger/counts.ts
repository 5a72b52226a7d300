import {
  ACCEPTED,
  answerOf,
  CHALLENGED,
  CLOSED,
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  HALF_OPEN,
  MIDSTREAM,
  OPEN,
  REFUSED,
  REFUSED_ANSWER,
  RESET,
  type Sessions,
  SILENT,
  SYN_SENT,
  synCopiesOf,
} from '../session/sessions.ts';
import { endStateOf } from './hold.ts';
import type { TargetCounts } from './ledger.ts';
import { GAP_EDGES, gapBin, gapSeconds } from './reuses.ts';

/** Established sessions are told from attempts that never were by this beside the state. */
const WAS_ESTABLISHED = 8;

/** What the sessions `rows` of one target (by start) add up to. */
export function countTarget(sessions: Sessions, rows: Uint32Array, distinctLocalPorts: number): TargetCounts {
  const { facts, previous, start } = sessions;
  const states = new Uint32Array(2 * WAS_ESTABLISHED);
  let synPackets = 0;
  let repeats = 0;
  let midstream = 0;
  let reuses = 0;
  for (const row of rows) {
    const session = facts[row]!;
    states[stateWithPast(session)]!++;
    synPackets += sessions.synPackets[row]!;
    if (session & MIDSTREAM) midstream++;
    else repeats += synRetransmissions(sessions, row);
    if (previous[row]! >= 0) reuses++;
  }
  const isAttempt = (row: number) => (facts[row]! & MIDSTREAM) === 0 && !Number.isNaN(start[row]!);
  return {
    synPackets,
    attempts: rows.length - midstream,
    synRetransmissions: repeats,
    distinctLocalPorts,
    midstreamSessions: midstream,
    ...outcomesAndEnds(states, midstream),
    reuses: reuses === 0 ? countReuses(sessions, new Uint32Array()) : countReuses(sessions, rows),
    firstAttempt: start[rows.find(isAttempt) ?? -1] ?? Number.NaN,
    lastAttempt: start[rows.findLast(isAttempt) ?? -1] ?? Number.NaN,
  };
}

function stateWithPast(facts: number): number {
  return endStateOf(facts) | (facts & (ESTABLISHED | MIDSTREAM) ? WAS_ESTABLISHED : 0);
}

/** SYNs of an attempt beyond its first, copies of one packet counted once. */
export function synRetransmissions(sessions: Sessions, row: number): number {
  return Math.max(0, sessions.synPackets[row]! - synCopiesOf(sessions.facts[row]!) - 1);
}

/** The ends are those of established sessions, midstream ones among them; these have no outcome. */
function outcomesAndEnds(states: Uint32Array, midstream: number) {
  const ends = {
    open: states[WAS_ESTABLISHED + OPEN]!,
    halfClosedByRemote: states[WAS_ESTABLISHED + HALF_CLOSED_BY_REMOTE]!,
    halfClosedByClient: states[WAS_ESTABLISHED + HALF_CLOSED_BY_CLIENT]!,
    closed: states[WAS_ESTABLISHED + CLOSED]!,
    reset: states[WAS_ESTABLISHED + RESET]!,
  };
  const ended = ends.open + ends.halfClosedByRemote + ends.halfClosedByClient + ends.closed + ends.reset;
  const outcomes = {
    established: ended - midstream,
    refused: states[REFUSED]!,
    unanswered: states[SYN_SENT]!,
    halfOpen: states[HALF_OPEN]!,
  };
  return { outcomes, ends };
}

function countReuses(sessions: Sessions, rows: Uint32Array): TargetCounts['reuses'] {
  const histogram = GAP_EDGES.map(() => 0);
  const answers = new Uint32Array(4);
  let count = 0;
  let minGap = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (sessions.previous[row]! < 0) continue;
    count++;
    answers[answerOf(sessions.facts[row]!)]!++;
    const gap = gapSeconds(sessions, row);
    if (Number.isNaN(gap)) continue;
    histogram[gapBin(gap)]!++;
    if (gap < minGap) minGap = gap;
  }
  return {
    count,
    minGapSeconds: minGap === Number.POSITIVE_INFINITY ? Number.NaN : minGap,
    histogram,
    answers: {
      accepted: answers[ACCEPTED]!,
      challenged: answers[CHALLENGED]!,
      refused: answers[REFUSED_ANSWER]!,
      silent: answers[SILENT]!,
    },
  };
}
