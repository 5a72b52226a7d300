import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Segment, type SegmentSink } from '../../../src/analysis/segment/segment.ts';
import type { SegmentBatch } from '../../../src/analysis/segment/segment-batch.ts';
import { TimeMerge } from '../../../src/analysis/segment/time-merge.ts';

type Passed = { capture: number; frame: number; time: number };

class Passes implements SegmentSink {
  readonly all: Passed[] = [];

  accept({ capture, frame, time }: Segment): void {
    this.all.push({ capture, frame, time });
  }
}

function put(batch: SegmentBatch, capture: number, frame: number, time: number): void {
  const segment = new Segment();
  Object.assign(segment, { capture, frame, time });
  batch.accept(segment);
}

/** Merges captures given as lists of times, feeding `chunk` segments at a time; `held` is the most that ever waited. */
function merge(captures: readonly (readonly number[])[], chunk: number): { passed: Passed[]; held: number } {
  const sink = new Passes();
  const timeMerge = new TimeMerge(captures.length, sink);
  const fed = captures.map(() => 0);
  let held = 0;
  for (let input = timeMerge.drain(); input >= 0; input = timeMerge.drain()) {
    const times = captures[input]!;
    const from = fed[input]!;
    if (from === times.length) timeMerge.end(input);
    for (const time of times.slice(from, from + chunk)) put(timeMerge.batch(input), input, ++fed[input]!, time);
    held = Math.max(held, fed.reduce((sum, count) => sum + count, 0) - sink.all.length);
  }
  return { passed: sink.all, held };
}

const sortedTimes = fc
  .array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 })
  .map((times) => times.sort((a, b) => a - b));

describe('TimeMerge', () => {
  it('passes captures that overlap on in the order of their times, the lower input first where they are equal', () => {
    const { passed } = merge([[1, 4, 4, 9], [2, 4, 8], [0]], 2);
    assert.deepEqual(
      passed.map(({ capture, time }) => `${time}:${capture}`),
      ['0:2', '1:0', '2:1', '4:0', '4:0', '4:1', '8:1', '9:0'],
    );
  });

  it('equals a stable sort by time, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(sortedTimes, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }), (captures, chunk) => {
        const { passed, held } = merge(captures, chunk);
        const expected = captures
          .flatMap((times, capture) => times.map((time, index) => ({ capture, frame: index + 1, time })))
          .sort((a, b) => a.time - b.time || a.capture - b.capture || a.frame - b.frame);
        assert.deepEqual(passed, expected);
        assert.ok(held <= captures.length * chunk, `${held} waited`);
      }),
    );
  });

  it('keeps the order of a capture whose clock goes backwards or that has no times', () => {
    const { passed } = merge([[5, 3, Number.NaN, 6], [4]], 1);
    assert.deepEqual(
      passed.map(({ capture, frame }) => `${capture}/${frame}`),
      ['1/1', '0/1', '0/2', '0/3', '0/4'],
    );
  });

  it('gives back every field of a segment, beyond the first growth', () => {
    const timeMerge = new TimeMerge(1, { accept() {} });
    const batch = timeMerge.batch(0);
    const given = Object.assign(new Segment(), {
      capture: 3,
      frame: 4_000_000_000,
      time: 1.5e15,
      family: 6,
      source: -2_000_000_001,
      destination: -2_000_000_002,
      sourcePort: 65_535,
      destinationPort: 65_534,
      seq: -2_000_000_003,
      ack: -2_000_000_004,
      flags: 255,
      length: 262_144,
      window: 65_533,
      identity: -2_000_000_005,
      wireLength: 300_000,
    });
    for (let count = 0; count < 5000; count++) batch.accept(given);
    const taken = new Segment();
    for (let count = 0; count < 5000; count++) batch.take(taken);
    assert.deepEqual(taken, given);
    assert.ok(batch.empty);
  });
});
