import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Attempts } from '../../../src/analysis/findings/attempts.ts';
import { sharedSilences, TOGETHER_SECONDS } from '../../../src/analysis/findings/shared-silences.ts';
import { SILENCE, type StreamSilence } from '../../../src/analysis/findings/silence.ts';
import type { Stall, TargetStream } from '../../../src/analysis/findings/stalls.ts';

const SECOND = 1e9;
const END = 600;

/** Attempts of several targets in whole seconds, each with its silences of 20 s or more, up to the end. */
const targets = fc.array(
  fc
    .array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 })
    .map((times) => [...new Set(times)].sort((a, b) => a - b)),
  { minLength: 1, maxLength: 12 },
);

function caseOf(times: readonly number[][]): { everything: Attempts; stalls: Stall[] } {
  const starts = Float64Array.from(
    times.flat().sort((a, b) => a - b),
    (time) => time * SECOND,
  );
  const everything = { rows: new Uint32Array(starts.length), starts };
  return { everything, stalls: times.flatMap((own, target) => stallsOf(own, target)) };
}

function stallsOf(times: readonly number[], target: number): Stall[] {
  const stream = { target } as TargetStream;
  return times.flatMap((from, at) => {
    const to = times[at + 1] ?? END;
    return to - from < SILENCE.minSeconds ? [] : [{ stream, silence: silenceOf(from, to, target, at), goingOn: [] }];
  });
}

function silenceOf(from: number, to: number, target: number, last: number): StreamSilence {
  const times = { from: from * SECOND, to: to * SECOND, ended: to < END };
  return { ...times, ratePerSecond: 2 ** (target % 8), expected: 99, p99GapSeconds: target + last, last };
}

/** By the words of the rule, each stall held against all. */
function naive(
  { starts }: Attempts,
  stalls: readonly Stall[],
  { silence: { from: own } }: Stall,
): StreamSilence | null {
  const near = stalls.filter(({ silence }) => Math.abs(silence.from - own) <= TOGETHER_SECONDS * SECOND);
  const later = new Map(near.map(({ stream, silence }) => [stream, silence]));
  const from = Math.max(...near.map(({ silence }) => silence.from));
  const to = Math.min(...near.map(({ silence }) => silence.to));
  const meanwhile = starts.some((start) => start > from && start < to);
  if (later.size === 1 || to - from < SILENCE.minSeconds * SECOND || meanwhile) return null;
  const ratePerSecond = [...later.values()].reduce((sum, silence) => sum + silence.ratePerSecond, 0);
  return {
    from,
    to,
    ended: near.some(({ silence }) => silence.ended && silence.to === to),
    ratePerSecond,
    expected: (ratePerSecond * (to - from)) / SECOND,
    p99GapSeconds: Math.max(...near.map(({ silence }) => silence.p99GapSeconds)),
    last: starts.filter((start) => start <= from).length - 1,
  };
}

describe('silences that targets share', () => {
  it('are for each stall what the rule says, though no two are held against each other', () => {
    let shared = 0;
    fc.assert(
      fc.property(targets, (times) => {
        const { everything, stalls } = caseOf(times);
        const found = sharedSilences(everything, stalls);
        shared += found.filter((silence) => silence !== null).length;
        assert.deepEqual(
          found,
          stalls.map((stall) => naive(everything, stalls, stall)),
        );
      }),
      { numRuns: 2000 },
    );
    assert.ok(shared > 1000, `only ${shared} were shared`);
  });
});
