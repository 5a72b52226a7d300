import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import type { PortRows } from './ledger.ts';

/**
 * The session before on each four-tuple, in the order of time, as the tracker noted it; null where that is not the
 * order of time, or the two sockets changed roles: then the port rows tell.
 */
export function trackedBefore({ before, count, start }: Sessions, targetOf: Int32Array): Int32Array | null {
  for (let row = 0; row < count; row++) {
    const earlier = before[row]!;
    if (earlier < 0 || targetOf[row]! < 0) continue;
    if (targetOf[earlier] !== targetOf[row] || !(start[earlier]! <= start[row]!)) return null;
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

/** Distinct local ports of each target's attempts: attempts before which there was none on the four-tuple. */
export function attemptedPorts(
  { facts }: Sessions,
  byTime: Uint32Array,
  before: Int32Array,
  targetOf: Int32Array,
  targets: number,
): Uint32Array {
  const distinct = new Uint32Array(targets);
  const attempted = new Uint8Array(targetOf.length);
  for (const row of byTime) {
    const target = targetOf[row]!;
    if (target < 0) continue;
    const wasAttempted = before[row]! >= 0 && attempted[before[row]!] === 1;
    const isAttempt = (facts[row]! & MIDSTREAM) === 0;
    if (isAttempt && !wasAttempted) distinct[target]!++;
    if (isAttempt || wasAttempted) attempted[row] = 1;
  }
  return distinct;
}
