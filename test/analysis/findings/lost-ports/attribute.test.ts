import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attribute } from '../../../../src/analysis/findings/lost-ports/attribute.ts';
import { CERTAIN_CHANCE, silentPortsByChance } from '../../../../src/analysis/findings/lost-ports/certain.ts';
import type { JudgedStream } from '../../../../src/analysis/findings/lost-ports/judged-stream.ts';
import { orderOfDraws } from '../../../../src/analysis/ledger/allocation.ts';
import { type DrawnCase, drawn } from './drawn.ts';

const SEEDS = [1, 2, 3];
const N = 2000;

function judge(the: Omit<DrawnCase, 'seed'>, seed: number) {
  const { uses, lost } = drawn({ ...the, seed });
  const { order } = orderOfDraws(uses);
  const { host, targets, lost: blamed } = attribute(uses, false, order);
  return { uses, lost, order, host, targets, blamed: blamed.map(({ stream }) => stream.target) };
}

function target(targets: readonly JudgedStream[], wanted: number): JudgedStream {
  return targets.find(({ stream }) => stream.target === wanted)!;
}

/** Draws a port, all towards one remote. */
function single(order: DrawnCase['order'], drawsAPort: number, more: Partial<DrawnCase> = {}): Omit<DrawnCase, 'seed'> {
  return { size: N, order, draws: [N * drawsAPort], lostFor: 'host', ...more };
}

describe('lost ports', () => {
  for (const order of ['sequential', 'random', 'per-remote'] as const) {
    it(`blames the remote that loses ports, never its neighbours or the host (${order})`, () => {
      for (const seed of SEEDS) {
        const draws = [43_000, 17_000, 8_700];
        const { blamed, targets } = judge(
          { size: N, order, draws, loss: (remote) => (remote === 0 ? 0.035 : 0) },
          seed,
        );
        assert.deepEqual(blamed, [0], `seed ${seed}`);
        assert.equal(target(targets, 0).comeBack.cameBack, 0);
      }
    });
  }

  it('sees why: the neighbour of a sequential loss has silent ports too, but they come back', () => {
    for (const seed of SEEDS) {
      const { host, targets } = judge(
        { size: N, order: 'sequential', draws: [43_000, 17_000, 8_700], loss: (remote) => (remote === 0 ? 0.035 : 0) },
        seed,
      );
      const innocent = target(targets, 1);
      assert.ok(innocent.silence!.z > 7, `z ${innocent.silence!.z}`);
      assert.equal(innocent.verdict, 'comes-back');
      assert.ok(innocent.comeBack.cameBack > 0.3 * innocent.comeBack.silent);
      assert.ok(host.silence!.z > 40 && host.verdict === 'comes-back');
      assert.ok(target(targets, 0).silence!.effect > 2 * innocent.silence!.effect);
    }
  });

  it('blames the host where every remote misses the same ports', () => {
    for (const order of ['sequential', 'random'] as const) {
      for (const seed of SEEDS) {
        const draws = [16_000, 12_000, 8_000, 4_000];
        const { blamed } = judge({ size: N, order, draws, lostFor: 'host', loss: () => 0.01 }, seed);
        assert.deepEqual(blamed, [-1], `${order}, seed ${seed}`);
      }
    }
  });

  it('finds a loss of 10 % and of 7 % of the pool in 15 draws a port', () => {
    for (const order of ['sequential', 'random'] as const) {
      for (const share of [0.1, 0.07]) {
        for (const seed of SEEDS) {
          const { blamed, host } = judge(single(order, 15, { loss: () => share / 15 }), seed);
          assert.deepEqual(blamed, [0], `${order}, ${share}, seed ${seed}`);
          assert.ok(host.power < share, `${host.power}`);
        }
      }
    }
  });

  it('lets no traffic that fades or grows look like a loss', () => {
    const shapes: ((progress: number) => number)[] = [
      () => 1,
      (progress) => 1 - 0.7 * progress,
      (progress) => 0.3 + 0.7 * progress,
      (progress) => (progress < 0.5 ? 1 : 0.15),
      (progress) => 0.12 - 0.1 * progress,
    ];
    for (const order of ['sequential', 'random', 'per-remote'] as const) {
      for (const [shape, visible] of shapes.entries()) {
        for (const seed of SEEDS) {
          const { blamed } = judge({ size: N, order, draws: [9_000, 8_000, 5_000], visible }, seed);
          assert.deepEqual(blamed, [], `${order}, shape ${shape}, seed ${seed}`);
        }
      }
    }
  });

  it('rules a loss out where it would have been found, and says nothing below that', () => {
    for (const seed of SEEDS) {
      const enough = judge(single('sequential', 12), seed).host;
      assert.equal(enough.verdict, 'none');
      assert.ok(enough.suspicion <= 0.05 && enough.power <= 0.06);
      const random = judge(single('random', 18), seed).host;
      assert.equal(random.verdict, 'none');
      for (const order of ['sequential', 'random'] as const) {
        const few = judge(single(order, 3, { loss: () => 0.05 / 3 }), seed).host;
        assert.ok(few.verdict === 'powerless' || few.verdict === 'unclear', `${order}: ${few.verdict}`);
      }
    }
  });

  it('names as certain only ports that were lost', () => {
    for (const order of ['sequential', 'random'] as const) {
      const { host, lost } = judge(single(order, 40, { loss: () => 0.2 / 40 }), 1);
      const certain = silentPortsByChance(host.stream, host.silence!.silentPorts).filter(
        ({ chance }) => chance < CERTAIN_CHANCE,
      );
      const really = new Set(lost.map(({ port }) => port));
      assert.ok(certain.length > 50, `${order}: ${certain.length}`);
      assert.deepEqual(
        certain.filter(({ port }) => !really.has(port)),
        [],
      );
    }
  });

  it('does not miss the ports of an application that ended', () => {
    for (const order of ['random', 'per-remote'] as const) {
      for (const seed of SEEDS) {
        const { uses } = drawn({ size: N, order, draws: [6000, 5000, 4000], seed });
        // Two in five of the first draws are of an application that binds 400 ports of its own in turn.
        let bound = 0;
        for (let use = 0; use < uses.count / 3; use++) {
          if (use % 5 > 1) continue;
          uses.port[use] = 1 + 2 * (bound++ % 400);
          uses.target[use] = 9;
        }
        const { lost } = attribute(uses, false, orderOfDraws(uses).order);
        assert.deepEqual(lost, [], `${order}, seed ${seed}`);
      }
    }
  });

  it('takes a port that is still held for no loss', () => {
    for (const seed of SEEDS) {
      const { uses } = drawn({ ...single('sequential', 12), seed });
      // Every 20th use is never closed; in a real host its port would not be drawn again.
      const gone = new Set<number>();
      const kept: number[] = [];
      for (let use = 0; use < uses.count; use++) {
        if (gone.has(uses.port[use]!)) continue;
        kept.push(use);
        if (use % 60 === 0) gone.add(uses.port[use]!);
      }
      const pick = <T extends { [index: number]: number; length: number }>(column: T, from: (list: number[]) => T): T =>
        from(kept.map((use) => column[use]!));
      const leaking = {
        ...uses,
        count: kept.length,
        port: pick(uses.port, (list) => Uint16Array.from(list)),
        start: pick(uses.start, (list) => Float64Array.from(list)),
        target: pick(uses.target, (list) => Uint32Array.from(list)),
        isDraw: new Uint8Array(kept.length).fill(1),
        closedAt: Float64Array.from(kept, (use) => (use % 60 === 0 ? Number.POSITIVE_INFINITY : uses.closedAt[use]!)),
        freeAt: Float64Array.from(kept, (use) => (use % 60 === 0 ? Number.POSITIVE_INFINITY : uses.freeAt[use]!)),
      };
      const { lost } = attribute(leaking, false, orderOfDraws(leaking).order);
      assert.deepEqual(lost, [], `seed ${seed}`);
    }
  });
});
