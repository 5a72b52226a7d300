import { type AllocationFigures, allocationOrder } from './allocation-order.ts';
import type { PortUses } from './port-uses.ts';

/** The order in which these uses drew their ports from the pool. */
export function orderOfDraws({ count, size, port, target, isDraw }: DrawnUses): AllocationFigures {
  const ports = new Uint16Array(count);
  const targets = new Uint32Array(count);
  let draws = 0;
  for (let use = 0; use < count; use++) {
    if (isDraw[use] === 0) continue;
    ports[draws] = port[use]!;
    targets[draws++] = target[use]!;
  }
  return allocationOrder({ ports: ports.subarray(0, draws), targets: targets.subarray(0, draws) }, size);
}

type DrawnUses = Pick<PortUses, 'count' | 'size' | 'port' | 'target' | 'isDraw'>;
