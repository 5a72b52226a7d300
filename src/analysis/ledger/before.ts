import type { Sessions } from '../session/sessions.ts';
import type { PortRows } from './ledger.ts';

/**
 * The session before on each four-tuple, in the order of time, as the tracker noted it; null where that is not the
 * order of time, or the two sockets changed roles: then the port rows tell.
 */
export function trackedBefore({ before, groups: { targets } }: Sessions): Int32Array | null {
  for (let target = 0; target < targets.count; target++) {
    const from = targets.first[target]!;
    const to = targets.first[target + 1]!;
    for (let row = from; row < to; row++) {
      const earlier = before[row]!;
      if (earlier >= row || (earlier >= 0 && earlier < from)) return null;
    }
  }
  return before;
}

/** The same from the port rows. */
export function groupedBefore(ports: PortRows, sessionCount: number): Int32Array {
  const before = new Int32Array(sessionCount).fill(-1);
  for (let run = 0; run < ports.count; run++) {
    for (let i = ports.first[run]! + 1; i < ports.first[run + 1]!; i++) {
      before[ports.sessions[i]!] = ports.sessions[i - 1]!;
    }
  }
  return before;
}
