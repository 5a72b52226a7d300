import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import { Segment } from '../../../src/analysis/segment/segment.ts';
import { SegmentBlock, TupleSegment } from '../../../src/analysis/segment/segment-block.ts';
import { SegmentStream } from '../../../src/analysis/segment/segment-stream.ts';

/** Frames in the order in which they come out, given their times in seconds in the order of the file. */
function framesOf(times: readonly number[], capacity = 5): number[] {
  const frames: number[] = [];
  const taken = new TupleSegment();
  const pass = (block: SegmentBlock) => {
    for (let at = 0; at < block.count; at++) {
      block.get(at, taken);
      assert.equal(taken.seq, taken.frame, 'a segment is moved as a whole');
      frames.push(taken.frame);
    }
    return block;
  };
  const stream = new SegmentStream(new SegmentBlock(capacity), pass, new NamedProcesses());
  const segment = new Segment();
  for (const [at, time] of times.entries()) {
    segment.frame = segment.seq = segment.identity = at + 1;
    segment.time = time * 1e9;
    stream.accept(segment);
  }
  stream.flush();
  return frames;
}

describe('segments that come out of order', () => {
  it('find their place within a second, and equal times keep theirs', () => {
    assert.deepEqual(framesOf([1, 1.5, 1.2, 1.2, 2, 1.1]), [1, 6, 3, 4, 2, 5]);
  });

  it('stay where they are after a step of the clock, and are in order from there on', () => {
    assert.deepEqual(framesOf([100, 101, 50, 50.2, 50.1, 51.05, 50.15]), [1, 2, 3, 5, 7, 4, 6]);
    assert.deepEqual(framesOf([1, 99_999, 2, 3, 2.5]), [1, 2, 3, 5, 4], 'one time far off');
  });

  it('stay behind the segment before them when they have no time', () => {
    assert.deepEqual(framesOf([1, Number.NaN, 1.5, Number.NaN, 1.2]), [1, 2, 3, 4, 5]);
    assert.deepEqual(framesOf([Number.NaN, Number.NaN]), [1, 2]);
  });

  it('are in order again, however many, and whatever the blocks hold', () => {
    const delays = fc.array(fc.tuple(fc.nat(50), fc.nat(900)), { maxLength: 300 });
    fc.assert(
      fc.property(delays, fc.integer({ min: 1, max: 40 }), (packets, capacity) => {
        let clock = 0;
        const sent = packets.map(([pause, delay]) => {
          clock += pause;
          return { time: clock / 1000, written: clock + delay };
        });
        const times = sent.toSorted((a, b) => a.written - b.written).map(({ time }) => time);
        const frames = framesOf(times, capacity);
        const sorted = times.map((time, at) => ({ time, frame: at + 1 })).sort((a, b) => a.time - b.time);
        assert.deepEqual(
          frames,
          sorted.map(({ frame }) => frame),
        );
      }),
    );
  });

  it('reach back over all that is held, long captures included', () => {
    const times = Array.from({ length: 50_000 }, (_, at) => (at % 7 === 6 ? at - 6 - 0.5 : at) / 1e5);
    const frames = framesOf(times, 512);
    const ordered = frames.map((frame) => times[frame - 1]!);
    assert.deepEqual(
      ordered,
      ordered.toSorted((a, b) => a - b),
    );
  });
});
