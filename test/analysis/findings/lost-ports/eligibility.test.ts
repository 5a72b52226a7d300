import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eligibleSince, eligibleSinceEach } from '../../../../src/analysis/findings/lost-ports/eligibility.ts';
import { hostStream, targetStream, type Uses } from '../../../../src/analysis/findings/lost-ports/uses.ts';

/** One draw each, at the times 0, 10, 20 and so on. */
function usesOf(draws: readonly { port: number; over: number; target?: number }[]): Uses {
  return {
    count: draws.length,
    size: 4,
    start: Float64Array.from(draws, (_, at) => at * 10),
    port: Uint16Array.from(draws, ({ port }) => port),
    target: Uint32Array.from(draws, ({ target }) => target ?? 0),
    isDraw: new Uint8Array(draws.length).fill(1),
    closedAt: Float64Array.from(draws, ({ over }) => over),
    freeAt: Float64Array.from(draws, ({ over }) => over),
  };
}

describe('ports that could be drawn since a cut', () => {
  it('are those whose last use before it is known to be over', () => {
    const uses = usesOf([
      { port: 0, over: 30 },
      { port: 1, over: 31 },
      { port: 2, over: Number.NaN },
      { port: 3, over: 100 },
    ]);
    assert.deepEqual([...eligibleSince(hostStream(uses, false), 3)].slice(0, 3), [1, 0, 0]);
  });

  it('are told for several cuts as for each by itself', () => {
    const uses = usesOf([0, 1, 0, 2, 1, 0].map((port, at) => ({ port, over: at * 10 + [5, 25, 35][at % 3]! })));
    const stream = hostStream(uses, false);
    const cuts = [2, 3, 5];
    assert.deepEqual(
      eligibleSinceEach(stream, cuts),
      cuts.map((cut) => eligibleSince(stream, cut)),
    );
  });

  it('are not those that others hold for more than a tenth of the rest', () => {
    const uses = usesOf([
      { port: 0, over: 5 },
      { port: 1, over: 15 },
      { port: 2, over: 25 },
      { port: 0, over: 90, target: 1 },
      { port: 1, over: 41, target: 1 },
      ...Array.from({ length: 5 }, () => ({ port: 2, over: 0 })),
    ]);
    const own = Uint32Array.from([0, 1, 2, 5, 6, 7, 8, 9]);
    assert.deepEqual([...eligibleSince(targetStream(uses, own, 0, false), 2)].slice(0, 2), [0, 1]);
    assert.deepEqual([...eligibleSince(targetStream(uses, own, 0, true), 2)].slice(0, 2), [1, 1]);
  });
});
