import type { Ledger } from '../ledger/ledger.ts';
import { targetsOf } from './scene.ts';

/**
 * Session rows of one client by their target, in the order given, for the targets that have at least `least` of them.
 * A scan has as many targets as sessions: they are counted before any list is made.
 */
export function byTarget(
  ledger: Ledger,
  client: number,
  rows: readonly number[],
  least: number,
): Map<number, number[]> {
  const { from, to } = targetsOf(ledger, client);
  const counts = new Uint32Array(rows.length < least ? 0 : to - from);
  const groups = new Map<number, number[]>();
  if (counts.length === 0) return groups;
  for (const row of rows) counts[ledger.targetOf[row]! - from]!++;
  for (const row of rows) {
    const target = ledger.targetOf[row]!;
    if (counts[target - from]! < least) continue;
    const group = groups.get(target);
    if (group === undefined) groups.set(target, [row]);
    else group.push(row);
  }
  return groups;
}
