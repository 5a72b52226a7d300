import type { Ledger } from '../ledger/ledger.ts';

/**
 * Session rows by their target, in the order given. A rule that looks at few sessions of a client groups those instead of
 * asking every target: a scan has as many targets as sessions.
 */
export function byTarget({ targetOf }: Ledger, rows: Iterable<number>): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const target = targetOf[row]!;
    const group = groups.get(target);
    if (group === undefined) groups.set(target, [row]);
    else group.push(row);
  }
  return groups;
}
