/**
 * Silences in a stream of attempts, the raw material of the two findings on stalls. A Poisson model would be too
 * optimistic for bursty clients, so a silence is held against the stream's own gaps.
 */
import { countBelow } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { LogHistogram } from './statistics/log-histogram.ts';
import { median } from './statistics/quantile.ts';

export const SILENCE = {
  /** A stream below this is too thin to tell a silence from chance. */
  minAttempts: 20,
  minStreamSeconds: 30,
  windows: 8,
  /** Fading traffic is no stall: the last window must keep this share of the median one. */
  minLastWindowShare: 0.5,
  /** Attempts that the silence swallowed, at the rate before it. */
  minExpected: 20,
  minSeconds: 20,
  /** How many times longer than the 99th percentile of the gaps before it. */
  gapFactor: 10,
  /**
   * Pauses of at least half the length, so many of them and so large a share of the time, are the stream's own rhythm:
   * a batch job that runs every few minutes. So is a pause that is longer than all the stream before it, where it ended,
   * or where the stream had a beginning as clear as this end.
   */
  rhythmPauses: 2,
  rhythmShare: 0.25,
} as const;

export interface StreamSilence {
  /** Time of the last attempt before it, in ns. */
  readonly from: number;
  /** Time of the attempt that ended it, or the end of the capture. */
  readonly to: number;
  /** False where it lasts until the end of the capture. */
  readonly ended: boolean;
  /** Attempts a second before it: the median of equal windows. */
  readonly ratePerSecond: number;
  /** Attempts that were to be expected in it. */
  readonly expected: number;
  readonly p99GapSeconds: number;
  /** Index in the stream of the last attempt before it. */
  readonly last: number;
}

export interface SilenceSearch {
  readonly silences: StreamSilence[];
  /** Those that may be the stream's own rhythm. */
  readonly rhythmic: StreamSilence[];
  /** Long pauses that are no silence because the stream before them was not steady. */
  readonly unsteady: number;
  /** The stream as a whole was long and thick enough for a silence to be seen. */
  readonly judged: boolean;
}

/** All silences in a stream of attempt times (ascending, ns) in a capture from `begin` to `end`. */
export function findSilences(starts: Float64Array, begin: number, end: number): SilenceSearch {
  const silences: StreamSilence[] = [];
  if (starts.length < SILENCE.minAttempts) return { silences, rhythmic: [], unsteady: 0, judged: false };
  const first = firstCandidate(starts, end);
  const gaps = new LogHistogram();
  let unsteady = 0;
  for (let last = 0; first < starts.length && last < starts.length; last++) {
    const to = nextAfter(starts, last, end);
    if (last >= first && mayBeSilence(starts, last, to)) {
      const silence = judgeSilence(starts, last, to, gaps);
      if (silence === 'unsteady') unsteady++;
      else if (silence !== null) silences.push(silence);
    }
    gaps.add(to - starts[last]!);
  }
  const judged = steadyRate(starts, starts.length - 1) > 0;
  const pauses = silences.length === 0 ? [] : longPauses(starts);
  const real = silences.filter((silence) => !isWhole(starts, begin, silence) && !isRhythm(starts, pauses, silence));
  const rhythmic = silences.filter((silence) => !real.includes(silence));
  return { silences: real, rhythmic, unsteady, judged };
}

function nextAfter(starts: Float64Array, last: number, end: number): number {
  return last + 1 < starts.length ? starts[last + 1]! : end;
}

/** Most streams have no pause that could be a silence, and need no histogram of their gaps. */
function firstCandidate(starts: Float64Array, end: number): number {
  let last = SILENCE.minAttempts - 1;
  while (last < starts.length && !mayBeSilence(starts, last, nextAfter(starts, last, end))) last++;
  return last;
}

/** Pauses within the stream that are long enough to make a rhythm with a silence, in ns. */
function longPauses(starts: Float64Array): number[] {
  const pauses: number[] = [];
  for (let at = 1; at < starts.length; at++) {
    const pause = starts[at]! - starts[at - 1]!;
    if (pause * 2 > SILENCE.minSeconds * SECOND) pauses.push(pause);
  }
  return pauses;
}

/** All of a job is seen: what lies behind it says no more than what lies before it. */
function isWhole(starts: Float64Array, begin: number, silence: StreamSilence): boolean {
  const { from, to, ended } = silence;
  if (to - from <= from - starts[0]!) return false;
  return ended || isSilent(starts[0]! - begin, silence);
}

/** Whether a time without attempts would be a silence of this stream. */
function isSilent(time: number, { ratePerSecond, p99GapSeconds }: StreamSilence): boolean {
  const seconds = time / SECOND;
  const long = seconds > Math.max(SILENCE.minSeconds, SILENCE.gapFactor * p99GapSeconds);
  return long && seconds * ratePerSecond >= SILENCE.minExpected;
}

function isRhythm(starts: Float64Array, pauses: readonly number[], { from, to }: StreamSilence): boolean {
  const alike = pauses.filter((pause) => pause * 2 >= to - from);
  const total = alike.reduce((sum, pause) => sum + pause, 0);
  const span = starts[starts.length - 1]! - starts[0]!;
  return alike.length >= SILENCE.rhythmPauses && total >= SILENCE.rhythmShare * span;
}

/** A cheap bound: no window empty, the median window holds at most twice the mean. */
function mayBeSilence(starts: Float64Array, last: number, to: number): boolean {
  const silent = to - starts[last]!;
  if (silent <= SILENCE.minSeconds * SECOND) return false;
  return (2 * (last + 1) * silent) / (starts[last]! - starts[0]!) >= SILENCE.minExpected;
}

function judgeSilence(
  starts: Float64Array,
  last: number,
  to: number,
  gaps: LogHistogram,
): StreamSilence | 'unsteady' | null {
  const from = starts[last]!;
  const seconds = (to - from) / SECOND;
  const p99GapSeconds = gaps.quantile(0.99) / SECOND;
  if (seconds <= SILENCE.gapFactor * p99GapSeconds) return null;
  const ratePerSecond = steadyRate(starts, last);
  if (ratePerSecond === 0) return 'unsteady';
  const expected = ratePerSecond * seconds;
  if (expected < SILENCE.minExpected) return null;
  return { from, to, ended: last + 1 < starts.length, ratePerSecond, expected, p99GapSeconds, last };
}

/** Median rate a second of the attempts up to index `last`, 0 where they were not steady. */
function steadyRate(starts: Float64Array, last: number): number {
  const span = starts[last]! - starts[0]!;
  if (last + 1 < SILENCE.minAttempts || span < SILENCE.minStreamSeconds * SECOND) return 0;
  const counts = windowCounts(starts, last, span);
  const middle = median(counts);
  const fading = counts[SILENCE.windows - 1]! < SILENCE.minLastWindowShare * middle;
  if (fading || counts.includes(0)) return 0;
  return (middle * SILENCE.windows) / (span / SECOND);
}

function windowCounts(starts: Float64Array, last: number, span: number): Float64Array {
  const counts = new Float64Array(SILENCE.windows);
  let before = 0;
  for (let window = 0; window < SILENCE.windows - 1; window++) {
    const until = countBelow(starts, starts[0]! + (span * (window + 1)) / SILENCE.windows);
    counts[window] = until - before;
    before = until;
  }
  counts[SILENCE.windows - 1] = last + 1 - before;
  return counts;
}
