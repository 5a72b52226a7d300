import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AllocationFigures, allocationOrder, type Draws } from '../../../src/analysis/ledger/allocation-order.ts';
import { type PortOrder, PortSpace } from '../../lab/ports.ts';
import { Random } from '../../lab/random.ts';

interface Case {
  order: PortOrder;
  draws: number;
  remotes?: number;
  /** Share of the draws that the capture shows. */
  visible?: number;
  first?: number;
  last?: number;
  /** Draws that a port stays held. */
  held?: number;
}

/** Ports as a simulated stack hands them out, oldest released first. */
function draw(
  seed: number,
  { order, draws, remotes = 5, visible = 1, first = 49152, last = 65535, held = 50 }: Case,
): Draws {
  const random = new Random(seed);
  const space = new PortSpace({ first, last, order }, random);
  const ports: number[] = [];
  const targets: number[] = [];
  const holding: { port: number; remote: number }[] = [];
  while (ports.length < draws) {
    const remote = random.below(remotes);
    const port = space.draw(remote);
    holding.push({ port, remote });
    const released = holding.length > held ? holding.shift() : undefined;
    if (released) space.release(released.port, released.remote);
    if (!random.chance(visible)) continue;
    ports.push(port);
    targets.push(remote);
  }
  return { ports: Uint16Array.from(ports), targets: Uint32Array.from(targets) };
}

function orders(the: Case): AllocationFigures['order'][] {
  const size = (the.last ?? 65535) - (the.first ?? 49152) + 1;
  return Array.from({ length: 20 }, (_, seed) => allocationOrder(draw(seed + 1, the), size).order);
}

const all = (order: AllocationFigures['order']): AllocationFigures['order'][] => Array(20).fill(order);

describe('allocation order', () => {
  it('tells sequential, random and per-remote orders of simulated stacks', () => {
    assert.deepEqual(orders({ order: 'sequential', draws: 400 }), all('sequential'));
    assert.deepEqual(orders({ order: 'random', draws: 2000 }), all('random'));
    assert.deepEqual(orders({ order: 'per-remote', draws: 600 }), all('per-remote'));
  });

  it('tells them on a small range', () => {
    const small = { first: 50000, last: 50254, held: 10 };
    assert.deepEqual(orders({ order: 'sequential', draws: 400, ...small }), all('sequential'));
    assert.deepEqual(orders({ order: 'random', draws: 1000, ...small }), all('random'));
  });

  it('sees a sequential order through a third of its draws, and gives that share', () => {
    const third = { order: 'sequential' as const, draws: 3000, visible: 1 / 3 };
    assert.deepEqual(orders(third), all('sequential'));
    const { medianStep } = allocationOrder(draw(1, third), 16384);
    assert.ok(medianStep >= 2 && medianStep <= 3);
  });

  it('calls a sequential order that is hardly seen mixed, never random', () => {
    assert.deepEqual(orders({ order: 'sequential', draws: 2000, visible: 0.05 }), all('mixed'));
  });

  it('knows an application that binds its ports', () => {
    const ports = Uint16Array.from({ length: 300 }, (_, at) => 6000 + (at % 3));
    assert.equal(allocationOrder({ ports, targets: new Uint32Array(300) }, 65536).order, 'fixed');
  });

  it('says nothing on fewer than 200 steps', () => {
    const few = draw(1, { order: 'sequential', draws: 200 });
    assert.equal(allocationOrder(few, 16384).order, 'unknown');
    assert.equal(allocationOrder(few, 16384).samples, 199);
    const none = { ports: new Uint16Array(0), targets: new Uint32Array(0) };
    assert.deepEqual(allocationOrder(none, 16384), {
      order: 'unknown',
      samples: 0,
      forwardShare: Number.NaN,
      medianStep: Number.NaN,
    });
  });

  it('follows the pointer over the end of the range', () => {
    const ports = Uint16Array.from({ length: 500 }, (_, at) => 60000 + ((at * 3) % 200));
    const { order, forwardShare } = allocationOrder({ ports, targets: new Uint32Array(500) }, 200);
    assert.equal(order, 'sequential');
    assert.equal(forwardShare, 1);
  });
});
