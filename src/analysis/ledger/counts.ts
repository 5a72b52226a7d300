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
import type { Parts } from './parts.ts';
import { GAP_EDGES, gapBin, gapSeconds } from './reuses.ts';

/** Established sessions are told from attempts that never were by this beside the state. */
const WAS_ESTABLISHED = 8;
const STATES = 2 * WAS_ESTABLISHED;
const ANSWERS = 4;
const BINS = GAP_EDGES.length;

/** SYNs of an attempt beyond its first, copies of one packet counted once. */
export function synRetransmissions(sessions: Sessions, row: number): number {
  return Math.max(0, sessions.synPackets[row]! - synCopiesOf(sessions.facts[row]!) - 1);
}

/** What the sessions of each part add up to; `rows` by start. */
export function countParts(sessions: Sessions, rows: Uint32Array, parts: Parts): Tally {
  const tally = new Tally(parts.count + 1);
  const { facts, previous } = sessions;
  for (const row of rows) {
    const part = parts.of(row);
    tally.states[part * STATES + stateWithPast(facts[row]!)]!++;
    tally.synPackets[part]! += sessions.synPackets[row]!;
    if (facts[row]! & MIDSTREAM) tally.midstream[part]!++;
    else tally.addAttempt(sessions, row, part);
    if (previous[row]! >= 0) tally.addReuse(sessions, row, part);
  }
  return tally;
}

function stateWithPast(facts: number): number {
  return endStateOf(facts) | (facts & (ESTABLISHED | MIDSTREAM) ? WAS_ESTABLISHED : 0);
}

/** Running counts, part by part. */
class Tally {
  readonly states: Uint32Array;
  readonly synPackets: Float64Array;
  readonly midstream: Uint32Array;
  readonly #repeats: Float64Array;
  readonly #histogram: Uint32Array;
  readonly #answers: Uint32Array;
  readonly #minGap: Float64Array;
  readonly #firstAttempt: Float64Array;
  readonly #lastAttempt: Float64Array;

  constructor(parts: number) {
    this.states = new Uint32Array(parts * STATES);
    this.synPackets = new Float64Array(parts);
    this.midstream = new Uint32Array(parts);
    this.#repeats = new Float64Array(parts);
    this.#histogram = new Uint32Array(parts * BINS);
    this.#answers = new Uint32Array(parts * ANSWERS);
    this.#minGap = new Float64Array(parts).fill(Number.NaN);
    this.#firstAttempt = new Float64Array(parts).fill(Number.NaN);
    this.#lastAttempt = new Float64Array(parts).fill(Number.NaN);
  }

  addAttempt(sessions: Sessions, row: number, part: number): void {
    this.#repeats[part]! += synRetransmissions(sessions, row);
    const start = sessions.start[row]!;
    if (Number.isNaN(start)) return;
    if (Number.isNaN(this.#firstAttempt[part]!)) this.#firstAttempt[part] = start;
    this.#lastAttempt[part] = start;
  }

  addReuse(sessions: Sessions, row: number, part: number): void {
    this.#answers[part * ANSWERS + answerOf(sessions.facts[row]!)]!++;
    const gap = gapSeconds(sessions, row);
    if (Number.isNaN(gap)) return;
    this.#histogram[part * BINS + gapBin(gap)]!++;
    // The comparison holds where there is no gap yet, too.
    if (!(gap >= this.#minGap[part]!)) this.#minGap[part] = gap;
  }

  of(part: number, distinctLocalPorts: number): TargetCounts {
    const states = this.states.subarray(part * STATES, (part + 1) * STATES);
    return {
      synPackets: this.synPackets[part]!,
      attempts: sum(states) - this.midstream[part]!,
      synRetransmissions: this.#repeats[part]!,
      distinctLocalPorts,
      midstreamSessions: this.midstream[part]!,
      ...outcomesAndEnds(states, this.midstream[part]!),
      reuses: this.#reuses(part),
      firstAttempt: this.#firstAttempt[part]!,
      lastAttempt: this.#lastAttempt[part]!,
    };
  }

  #reuses(part: number): TargetCounts['reuses'] {
    const answers = this.#answers.subarray(part * ANSWERS, (part + 1) * ANSWERS);
    return {
      count: sum(answers),
      minGapSeconds: this.#minGap[part]!,
      histogram: [...this.#histogram.subarray(part * BINS, (part + 1) * BINS)],
      answers: {
        accepted: answers[ACCEPTED]!,
        challenged: answers[CHALLENGED]!,
        refused: answers[REFUSED_ANSWER]!,
        silent: answers[SILENT]!,
      },
    };
  }
}

/** The ends are those of established sessions, midstream ones among them; these have no outcome. */
function outcomesAndEnds(states: Uint32Array, midstream: number) {
  const ended = states.subarray(WAS_ESTABLISHED);
  const ends = {
    open: ended[OPEN]!,
    halfClosedByRemote: ended[HALF_CLOSED_BY_REMOTE]!,
    halfClosedByClient: ended[HALF_CLOSED_BY_CLIENT]!,
    closed: ended[CLOSED]!,
    reset: ended[RESET]!,
  };
  const outcomes = {
    established: sum(ended) - midstream,
    refused: states[REFUSED]!,
    unanswered: states[SYN_SENT]!,
    halfOpen: states[HALF_OPEN]!,
  };
  return { outcomes, ends };
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
