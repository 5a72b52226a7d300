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
import type { Ledger, TargetCounts } from './ledger.ts';
import { GAP_EDGES, gapBin } from './reuses.ts';
import { targetReuses, targetRows } from './rows.ts';

/** Established sessions are told from attempts that never were by this beside the state. */
const WAS_ESTABLISHED = 8;
const STATES = 2 * WAS_ESTABLISHED;
const ANSWERS = 4;
const BINS = GAP_EDGES.length;

/** SYNs of an attempt beyond its first, copies of one packet counted once. */
export function synRetransmissions(sessions: Sessions, row: number): number {
  return Math.max(0, sessions.synPackets[row]! - synCopiesOf(sessions.facts[row]!) - 1);
}

/** What the sessions of one target add up to. */
export function countTarget({ sessions, reuses, targets }: Counted, target: number): TargetCounts {
  const { from, to } = targetRows({ targets }, target);
  const tally = new Tally();
  for (let row = from; row < to; row++) tally.addSession(sessions, row);
  const reused = targetReuses({ reuses }, target);
  for (let at = reused.from; at < reused.to; at++) {
    tally.addReuse(answerOf(sessions.facts[reuses.session[at]!]!), reuses.gapSeconds[at]!);
  }
  return tally.counts(targets.distinctLocalPorts[target]!);
}

type Counted = Pick<Ledger, 'sessions' | 'reuses' | 'targets'>;

function stateWithPast(facts: number): number {
  return endStateOf(facts) | (facts & (ESTABLISHED | MIDSTREAM) ? WAS_ESTABLISHED : 0);
}

/** Running counts of a target. */
class Tally {
  readonly #states = new Uint32Array(STATES);
  readonly #histogram = new Uint32Array(BINS);
  readonly #answers = new Uint32Array(ANSWERS);
  #synPackets = 0;
  #midstream = 0;
  #repeats = 0;
  #minGap = Number.NaN;
  #firstAttempt = Number.NaN;
  #lastAttempt = Number.NaN;

  addSession(sessions: Sessions, row: number): void {
    const facts = sessions.facts[row]!;
    this.#states[stateWithPast(facts)]!++;
    this.#synPackets += sessions.synPackets[row]!;
    if (facts & MIDSTREAM) this.#midstream++;
    else this.#addAttempt(sessions, row);
  }

  #addAttempt(sessions: Sessions, row: number): void {
    this.#repeats += synRetransmissions(sessions, row);
    const start = sessions.start[row]!;
    if (Number.isNaN(start)) return;
    if (Number.isNaN(this.#firstAttempt)) this.#firstAttempt = start;
    this.#lastAttempt = start;
  }

  /** `answer` as `answerOf` gives it; `gap` in seconds, NaN where there is none. */
  addReuse(answer: number, gap: number): void {
    this.#answers[answer]!++;
    if (Number.isNaN(gap)) return;
    this.#histogram[gapBin(gap)]!++;
    // The comparison holds where there is nothing yet, too.
    if (!(gap >= this.#minGap)) this.#minGap = gap;
  }

  counts(distinctLocalPorts: number): TargetCounts {
    return {
      synPackets: this.#synPackets,
      attempts: sum(this.#states) - this.#midstream,
      synRetransmissions: this.#repeats,
      distinctLocalPorts,
      midstreamSessions: this.#midstream,
      ...outcomesAndEnds(this.#states, this.#midstream),
      reuses: this.#reuses(),
      firstAttempt: this.#firstAttempt,
      lastAttempt: this.#lastAttempt,
    };
  }

  #reuses(): TargetCounts['reuses'] {
    const answers = this.#answers;
    return {
      count: sum(answers),
      minGapSeconds: this.#minGap,
      histogram: [...this.#histogram],
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
