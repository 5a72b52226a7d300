/** Silences that several targets share: the whole host stopped. */
import { countBelow } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import type { Attempts } from './attempts.ts';
import { SILENCE, type StreamSilence } from './silence.ts';
import type { Stall, TargetStream } from './stalls.ts';

/** Targets that stop within this time stopped together. */
export const TOGETHER_SECONDS = 60;

/**
 * For each of the stalls, the silence that it shares with those that began within the same minute: for as long as all of
 * them were silent nothing was attempted towards anyone (`everything`), from the last attempt of all to the first. Null
 * where it was not so. A host may have many thousands of targets that stop together, so those whose minutes end with the
 * same stall are walked once.
 */
export function sharedSilences(everything: Attempts, stalls: readonly Stall[]): (StreamSilence | null)[] {
  const order = stalls.map((_, at) => at).sort((one, other) => stalls[one]!.silence.from - stalls[other]!.silence.from);
  const byStart = order.map((at) => stalls[at]!);
  const starts = Float64Array.from(byStart, ({ silence }) => silence.from);
  const shared: (StreamSilence | null)[] = stalls.map(() => null);
  let stopped: Stopped | null = null;
  for (let at = byStart.length - 1; at >= 0; at--) {
    const end = countBelow(starts, starts[at]! + TOGETHER_SECONDS * SECOND + 1);
    if (stopped?.end !== end) stopped = new Stopped(everything, byStart, end);
    shared[order[at]!] = stopped.since(countBelow(starts, starts[at]! - TOGETHER_SECONDS * SECOND));
  }
  return shared;
}

/** What stalls that stopped together have in common, from the last of them back. */
class Stopped {
  /** Behind the last of them. */
  readonly end: number;
  readonly #everything: Attempts;
  readonly #byStart: readonly Stall[];
  /** The last attempt of all. */
  readonly #from: number;
  /** Index of the first attempt behind it. */
  readonly #next: number;
  readonly #streams = new Set<TargetStream>();
  #first: number;
  #to = Number.POSITIVE_INFINITY;
  #ended = false;
  #ratePerSecond = 0;
  #p99GapSeconds = 0;

  constructor(everything: Attempts, byStart: readonly Stall[], end: number) {
    this.end = end;
    this.#everything = everything;
    this.#byStart = byStart;
    this.#from = byStart[end - 1]!.silence.from;
    this.#next = countBelow(everything.starts, this.#from + 1);
    this.#first = end;
  }

  /** The silence of stalls [first, end); `first` never rises. */
  since(first: number): StreamSilence | null {
    const next = this.#everything.starts[this.#next] ?? Number.POSITIVE_INFINITY;
    if (next - this.#from < SILENCE.minSeconds * SECOND) return null;
    while (this.#first > first) this.#add(this.#byStart[--this.#first]!);
    if (this.#streams.size === 1 || this.#to - this.#from < SILENCE.minSeconds * SECOND || next < this.#to) return null;
    return {
      from: this.#from,
      to: this.#to,
      ended: this.#ended,
      ratePerSecond: this.#ratePerSecond,
      expected: (this.#ratePerSecond * (this.#to - this.#from)) / SECOND,
      p99GapSeconds: this.#p99GapSeconds,
      last: this.#next - 1,
    };
  }

  /** A target that stopped twice counts by its later silence, which comes first here. */
  #add({ stream, silence }: Stall): void {
    if (!this.#streams.has(stream)) this.#ratePerSecond += silence.ratePerSecond;
    this.#streams.add(stream);
    if (silence.to <= this.#to) this.#ended = silence.ended || (silence.to === this.#to && this.#ended);
    this.#to = Math.min(this.#to, silence.to);
    this.#p99GapSeconds = Math.max(this.#p99GapSeconds, silence.p99GapSeconds);
  }
}
