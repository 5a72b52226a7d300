import type { Stream } from './uses.ts';

/** A silent port and the chance of its silence, were it still in the pool. */
export interface SilentPort {
  /** Index in the pool. */
  readonly port: number;
  /** Row of `uses` of its last draw. */
  readonly lastUse: number;
  readonly chance: number;
}

/** A port is lost beyond doubt where its silence has a smaller chance than this. */
export const CERTAIN_CHANCE = 1e-6;

/**
 * The silent ports, the least likely silence first. The chance is that of no draw in all draws since its last one, by
 * the port's own rate until then, or by the average rate where that is lower: a port drawn often by luck proves less.
 */
export function silentPortsByChance({ uses, draws }: Stream, silentPorts: Uint8Array): SilentPort[] {
  const counts = new Uint32Array(uses.size);
  const last = new Int32Array(uses.size).fill(-1);
  for (const [at, use] of draws.entries()) {
    counts[uses.port[use]!]!++;
    last[uses.port[use]!] = at;
  }
  const used = counts.reduce((ports, count) => ports + (count > 0 ? 1 : 0), 0);
  const list: SilentPort[] = [];
  for (let port = 0; port < uses.size; port++) {
    if (!silentPorts[port]) continue;
    const until = last[port]! + 1;
    const rate = Math.min(counts[port]! / until, 1 / used);
    list.push({ port, lastUse: draws[last[port]!]!, chance: Math.exp(-rate * (draws.length - until)) });
  }
  return list.sort((a, b) => a.chance - b.chance || a.port - b.port);
}
