import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSilences } from '../../../src/analysis/findings/silence.ts';

describe('silences of a stream', () => {
  const seconds = (times: number[]) => Float64Array.from(times, (time) => time * 1e9);
  const every = (step: number, from: number, to: number) =>
    Array.from({ length: Math.round((to - from) / step) }, (_, i) => from + i * step);

  it('need a stream of twenty attempts over thirty seconds', () => {
    assert.equal(findSilences(seconds(every(2, 0, 40)), 0, 200e9).silences.length, 1);
    assert.equal(findSilences(seconds(every(2, 0, 38)), 0, 200e9).silences.length, 0);
    assert.equal(findSilences(seconds(every(1, 0, 31)), 0, 200e9).silences.length, 1);
    assert.equal(findSilences(seconds(every(1, 0, 30)), 0, 200e9).silences.length, 0);
  });

  it('must be longer than twenty seconds, and swallow twenty attempts', () => {
    const stream = seconds(every(0.5, 0, 100));
    assert.equal(findSilences(stream, 0, 120e9).silences.length, 1);
    assert.equal(findSilences(stream, 0, 119.4e9).silences.length, 0);
    assert.equal(findSilences(seconds(every(2, 0, 200)), 0, 237e9).silences.length, 0);
    assert.equal(findSilences(seconds(every(2, 0, 200)), 0, 240e9).silences.length, 1);
  });

  it('must be ten times longer than the stream’s own pauses', () => {
    const bursts = every(20, 0, 400).flatMap((start) => every(0.1, start, start + 1));
    const { silences, unsteady } = findSilences(seconds(bursts), 0, 550e9);
    assert.deepEqual([silences.length, unsteady], [0, 0]);
    assert.equal(findSilences(seconds(bursts), 0, 700e9).silences.length, 1);
  });

  it('do not follow traffic that fades or has gaps of its own', () => {
    const fading = [...every(0.5, 0, 350), ...every(2, 350, 400)];
    assert.deepEqual(unsteadyOf(fading, 600), [0, 1]);
    assert.deepEqual(unsteadyOf([...every(0.5, 0, 100), ...every(0.5, 155, 400)], 600), [1, 1], 'an eighth is empty');
    const batches = [...every(0.1, 0, 10), ...every(0.1, 300, 310)];
    assert.equal(findSilences(seconds(batches), 0, 600e9).silences.length, 0);
  });

  function unsteadyOf(stream: number[], end: number): number[] {
    const { silences, unsteady } = findSilences(seconds(stream), 0, end * 1e9);
    return [silences.length, unsteady];
  }
});

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
