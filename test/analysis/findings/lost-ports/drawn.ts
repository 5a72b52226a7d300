import type { Uses } from '../../../../src/analysis/findings/lost-ports/uses.ts';
import { type PortOrder, PortSpace } from '../../../lab/ports.ts';
import { Random } from '../../../lab/random.ts';

export interface DrawnCase {
  seed: number;
  size: number;
  order: PortOrder;
  /** Draws towards each remote, mixed by chance all along. */
  draws: number[];
  /** Draws that a port stays held. */
  held?: number;
  /** Share of the draws that the capture shows, by how much of the run is over (0 to 1). */
  visible?: (progress: number) => number;
  /** Chance at a close that the port is lost: towards its remote alone (by index), or for the host. */
  loss?: (remote: number, progress: number) => number;
  lostFor?: 'remote' | 'host';
}

export interface Drawn {
  uses: Uses;
  /** Indices of ports lost, with the draw at which it happened; `remote` is -1 for the host. */
  lost: { port: number; remote: number; draw: number }[];
}

/** Draws of a simulated host, one a second, without sessions: what the tests of lost ports are about. */
export function drawn(the: DrawnCase): Drawn {
  const random = new Random(the.seed);
  const space = new PortSpace({ first: 0, last: the.size - 1, order: the.order }, random);
  const held = the.held ?? 20;
  const left = [...the.draws];
  const total = left.reduce((sum, count) => sum + count, 0);
  const rows = { port: [] as number[], start: [] as number[], target: [] as number[] };
  const holding: { port: number; remote: number }[] = [];
  const lost: Drawn['lost'] = [];
  for (let draw = 0; draw < total; draw++) {
    const remote = pick(left, total - draw, random);
    left[remote]!--;
    const port = space.draw(remote);
    if (port < 0) continue;
    holding.push({ port, remote });
    if (holding.length > held) {
      const over = holding.shift()!;
      space.release(over.port, over.remote);
      if (random.chance(the.loss?.(over.remote, draw / total) ?? 0)) {
        const towards = the.lostFor === 'host' ? null : over.remote;
        space.lose(over.port, towards);
        lost.push({ port: over.port, remote: towards ?? -1, draw });
      }
    }
    if (!random.chance(the.visible?.(draw / total) ?? 1)) continue;
    rows.port.push(port);
    rows.start.push(draw * 1e9);
    rows.target.push(remote);
  }
  const start = Float64Array.from(rows.start);
  const uses = {
    count: start.length,
    size: the.size,
    port: Uint16Array.from(rows.port),
    start,
    closedAt: start.map((time) => time + held * 1e9),
    freeAt: start.map((time) => time + held * 1e9),
    target: Uint32Array.from(rows.target),
    isDraw: new Uint8Array(start.length).fill(1),
  };
  return { uses, lost };
}

function pick(left: number[], total: number, random: Random): number {
  let ticket = random.below(total);
  for (let remote = 0; ; remote++) {
    ticket -= left[remote]!;
    if (ticket < 0) return remote;
  }
}
