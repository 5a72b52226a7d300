import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attribute } from '../../../../src/analysis/findings/lost-ports/attribute.ts';
import { hasShrunk } from '../../../../src/analysis/findings/lost-ports/halves.ts';
import { JudgedStream } from '../../../../src/analysis/findings/lost-ports/judged-stream.ts';
import { hostStream } from '../../../../src/analysis/findings/lost-ports/uses.ts';
import { drawn } from './drawn.ts';

describe('the verdict on a stream of draws', () => {
  it('rules nothing out while a loss of a twentieth of the pool would pass for chance', () => {
    for (const [drawsAPort, expected] of [
      [14, 'powerless'],
      [20, 'none'],
    ] as const) {
      const { uses } = drawn({ seed: 3, size: 300, order: 'random', draws: [300 * drawsAPort] });
      const { verdict, suspicion } = new JudgedStream(hostStream(uses, false), 'random');
      assert.equal(verdict, expected);
      assert.equal(suspicion <= 0.05, expected === 'none', `${suspicion}`);
    }
  });

  it('is unclear between four deviations and five', () => {
    const ofLoss = (chance: number) => {
      const { uses } = drawn({
        seed: 3,
        size: 500,
        order: 'random',
        draws: [8000],
        loss: () => chance,
        lostFor: 'host',
      });
      const { verdict, silence } = new JudgedStream(hostStream(uses, false), 'random');
      return [verdict, Math.floor(silence!.z)];
    };
    assert.deepEqual(
      [ofLoss(0.0008), ofLoss(0.0006)],
      [
        ['none', 3],
        ['unclear', 4],
      ],
    );
  });

  it('needs a pool that shrank, by the ports of each half or by the first and the last sixth', () => {
    const change = { mcNemar: 0, poolFirstSixth: 100, poolLastSixth: 100, sixthsDown: 0 };
    assert.deepEqual(
      [
        { ...change, mcNemar: 4 },
        { ...change, mcNemar: 3.9 },
        { ...change, poolLastSixth: 50, sixthsDown: 5 },
        { ...change, poolLastSixth: 51, sixthsDown: 5 },
        { ...change, poolLastSixth: 50, sixthsDown: 4.9 },
      ].map(hasShrunk),
      [true, false, true, false, false],
    );
  });

  it('is given on targets of two hundred draws and more', () => {
    const { uses } = drawn({ seed: 3, size: 300, order: 'random', draws: [400, 200, 199] });
    const { targets } = attribute(uses, false, 'random');
    assert.deepEqual(
      targets.map(({ stream }) => stream.draws.length),
      [400, 200],
    );
  });
});
