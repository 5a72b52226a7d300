import { PORTS } from '../segment/segment.ts';
import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import type { RowRange } from './ledger.ts';

/** Distinct local ports of each target's attempts. */
export function portsOfTargets({ facts, ports, groups: { targets } }: Sessions): Uint32Array {
  const distinct = new Uint32Array(targets.count);
  /** By local port: the last target, plus one, that was attempted from it. */
  const attempted = new Uint32Array(PORTS);
  for (let target = 0; target < targets.count; target++) {
    const to = targets.first[target + 1]!;
    for (let row = targets.first[target]!; row < to; row++) {
      const port = ports[row]! >>> 16;
      if (facts[row]! & MIDSTREAM || attempted[port] === target + 1) continue;
      attempted[port] = target + 1;
      distinct[target]!++;
    }
  }
  return distinct;
}

/** Distinct local ports of the attempts among the session rows. */
export function portsOfRows({ facts, ports }: Sessions, { from, to }: RowRange): number {
  const attempted = new Uint8Array(PORTS);
  let distinct = 0;
  for (let row = from; row < to; row++) {
    const port = ports[row]! >>> 16;
    if (facts[row]! & MIDSTREAM || attempted[port] === 1) continue;
    attempted[port] = 1;
    distinct++;
  }
  return distinct;
}
