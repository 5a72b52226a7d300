import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Timeline } from '../../../src/analysis/segment/timeline.ts';

function timelineAt(baseSeconds: number, digits: number): Timeline {
  const timeline = new Timeline();
  timeline.base(baseSeconds);
  timeline.digits = digits;
  return timeline;
}

/** The text that a Unix time in nanoseconds should have. */
function expected(unix: bigint, digits: number): string {
  const date = new Date(Number(unix / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(unix % 1_000_000_000n)
    .padStart(9, '0')
    .slice(0, digits)}Z`;
}

const DAY = 86_400_000_000_000n;
const NOW = 1_700_000_000;

describe('Timeline', () => {
  it('has the second of the first packet for its base, whatever comes later', () => {
    const timeline = new Timeline();
    assert.deepEqual([timeline.base(5), timeline.base(9), timeline.baseSeconds], [5, 5, 5]);
  });

  it('tells times within three months of the base to the nanosecond', () => {
    const offset = fc.bigInt({ min: -100n * DAY, max: 100n * DAY });
    fc.assert(
      fc.property(offset, (nanoseconds) => {
        const unix = BigInt(NOW) * 1_000_000_000n + nanoseconds;
        assert.equal(timelineAt(NOW, 9).text(Number(nanoseconds)), expected(unix, 9));
      }),
    );
  });

  it('tells microseconds however far the base is, as where the first packet of a file has no real time', () => {
    const microseconds = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n });
    fc.assert(
      fc.property(microseconds, (count) => {
        assert.equal(timelineAt(0, 6).text(Number(count * 1000n)), expected(count * 1000n, 6));
        assert.equal(
          timelineAt(0, 6).text(Number(count * 1000n)),
          timelineAt(NOW, 6).text(Number((count - BigInt(NOW) * 1_000_000n) * 1000n)),
        );
      }),
    );
  });

  it('goes there and back', () => {
    const timeline = timelineAt(NOW, 9);
    assert.equal(timeline.unixNanoseconds(-1), BigInt(NOW) * 1_000_000_000n - 1n);
    assert.equal(timeline.fromUnixNanoseconds(timeline.unixNanoseconds(123_456_789)!), 123_456_789);
    assert.deepEqual([timeline.text(Number.NaN), timeline.unixNanoseconds(Number.NaN)], [null, null]);
    assert.equal(new Timeline().unixNanoseconds(5), null);
  });
});
