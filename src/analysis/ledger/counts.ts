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
import type { LargeTargets } from './large-targets.ts';
import type { Ledger, TargetCounts } from './ledger.ts';
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

/** What the sessions `rows` of one target add up to. */
export function countTarget(sessions: Sessions, rows: Uint32Array, distinctLocalPorts: number): TargetCounts {
  const tally = new Tally(1);
  for (const row of rows) {
    tally.addSession(sessions, row, 0);
    if (sessions.previous[row]! >= 0) tally.addReuse(answerOf(sessions.facts[row]!), gapSeconds(sessions, row), 0);
  }
  return tally.of(0, distinctLocalPorts);
}

/** The same for all large targets at once: a pass in the order of the columns takes half the time. */
export function countLargeTargets({ sessions, reuses, targetOf }: Ledger, large: LargeTargets): Tally {
  const tally = new Tally(large.count);
  for (let row = 0; row < sessions.count; row++) {
    const part = large.numberOf(targetOf[row]!);
    if (part >= 0) tally.addSession(sessions, row, part);
  }
  for (let at = 0; at < reuses.count; at++) {
    const row = reuses.session[at]!;
    const part = large.numberOf(targetOf[row]!);
    if (part >= 0) tally.addReuse(answerOf(sessions.facts[row]!), reuses.gapSeconds[at]!, part);
  }
  return tally;
}

function stateWithPast(facts: number): number {
  return endStateOf(facts) | (facts & (ESTABLISHED | MIDSTREAM) ? WAS_ESTABLISHED : 0);
}

/** Running counts of several targets. */
class Tally {
  readonly #states: Uint32Array;
  readonly #synPackets: Float64Array;
  readonly #midstream: Uint32Array;
  readonly #repeats: Float64Array;
  readonly #histogram: Uint32Array;
  readonly #answers: Uint32Array;
  readonly #minGap: Float64Array;
  readonly #firstAttempt: Float64Array;
  readonly #lastAttempt: Float64Array;

  constructor(parts: number) {
    this.#states = new Uint32Array(parts * STATES);
    this.#synPackets = new Float64Array(parts);
    this.#midstream = new Uint32Array(parts);
    this.#repeats = new Float64Array(parts);
    this.#histogram = new Uint32Array(parts * BINS);
    this.#answers = new Uint32Array(parts * ANSWERS);
    this.#minGap = new Float64Array(parts).fill(Number.NaN);
    this.#firstAttempt = new Float64Array(parts).fill(Number.NaN);
    this.#lastAttempt = new Float64Array(parts).fill(Number.NaN);
  }

  addSession(sessions: Sessions, row: number, part: number): void {
    const facts = sessions.facts[row]!;
    this.#states[part * STATES + stateWithPast(facts)]!++;
    this.#synPackets[part]! += sessions.synPackets[row]!;
    if (facts & MIDSTREAM) this.#midstream[part]!++;
    else this.#addAttempt(sessions, row, part);
  }

  #addAttempt(sessions: Sessions, row: number, part: number): void {
    this.#repeats[part]! += synRetransmissions(sessions, row);
    const start = sessions.start[row]!;
    if (Number.isNaN(start)) return;
    // The comparisons hold where there is nothing yet, too.
    if (!(start >= this.#firstAttempt[part]!)) this.#firstAttempt[part] = start;
    if (!(start <= this.#lastAttempt[part]!)) this.#lastAttempt[part] = start;
  }

  /** `answer` as `answerOf` gives it; `gap` in seconds, NaN where there is none. */
  addReuse(answer: number, gap: number, part: number): void {
    this.#answers[part * ANSWERS + answer]!++;
    if (Number.isNaN(gap)) return;
    this.#histogram[part * BINS + gapBin(gap)]!++;
    if (!(gap >= this.#minGap[part]!)) this.#minGap[part] = gap;
  }

  of(part: number, distinctLocalPorts: number): TargetCounts {
    const states = this.#states.subarray(part * STATES, (part + 1) * STATES);
    return {
      synPackets: this.#synPackets[part]!,
      attempts: sum(states) - this.#midstream[part]!,
      synRetransmissions: this.#repeats[part]!,
      distinctLocalPorts,
      midstreamSessions: this.#midstream[part]!,
      ...outcomesAndEnds(states, this.#midstream[part]!),
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
