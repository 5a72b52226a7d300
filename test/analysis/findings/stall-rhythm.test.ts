import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSilences } from '../../../src/analysis/findings/silence.ts';

/** Times in ns of attempts a second apart in each of the spans of seconds. */
function attempts(spans: [from: number, to: number][]): Float64Array {
  const seconds = spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at));
  return Float64Array.from(seconds, (second) => second * 1e9);
}

function silences(spans: [number, number][], end: number): number[] {
  return findSilences(attempts(spans), 0, end * 1e9).silences.map(({ from, to }) => (to - from) / 1e9);
}

describe('the rhythm of a stream', () => {
  it('is told from a stall by pauses alike that take much of its time', () => {
    const batches = [0, 300, 600, 900, 1200].map((from): [number, number] => [from, from + 60]);
    assert.deepEqual(silences(batches, 1500), []);
    assert.equal(findSilences(attempts(batches), 0, 1500e9).rhythmic.length > 0, true);
  });

  it('is that of a job of which beginning and end are seen, where the silence is longer', () => {
    assert.deepEqual(silences([[300, 600]], 1000), []);
    assert.deepEqual(silences([[300, 600]], 800), [201]);
    // The capture may have begun in the midst of it.
    assert.deepEqual(silences([[15, 315]], 700), [386]);
  });

  it('takes two pauses alike, and a quarter of the time', () => {
    const twice = (each: number) => {
      const [second, third] = [each + 100, 2 * each + 200];
      return silences(
        [
          [0, each],
          [second, second + each],
          [third, third + each / 2],
        ],
        third + each / 2,
      );
    };
    assert.deepEqual(twice(200), []);
    assert.deepEqual(twice(300), [101, 101]);
  });

  it('does not hide a silence that is far longer than the pauses', () => {
    const batches = Array.from({ length: 40 }, (_, at): [number, number] => [at * 60, at * 60 + 30]);
    assert.deepEqual(silences(batches, 6000).length, 1);
  });

  it('does not hide one stall of a steady stream, ended or not', () => {
    assert.deepEqual(silences([[0, 600]], 900), [301]);
    assert.deepEqual(
      silences(
        [
          [0, 600],
          [700, 1000],
        ],
        1000,
      ),
      [101],
    );
  });

  it('does not hide short stalls that come now and then', () => {
    assert.deepEqual(
      silences(
        [
          [0, 600],
          [640, 1300],
          [1345, 2000],
        ],
        2000,
      ),
      [41, 46],
    );
  });

  it('cannot be known of a pause longer than all before it', () => {
    assert.deepEqual(
      silences(
        [
          [0, 60],
          [300, 600],
        ],
        600,
      ),
      [],
    );
  });
});
