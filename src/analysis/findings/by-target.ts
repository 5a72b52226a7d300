import type { Ledger } from '../ledger/ledger.ts';

/**
 * Session rows, given target by target as those of a client stand, by their target: for the targets that have at least
 * `least` of them. A scan has as many targets as sessions, and most lists would be of one row.
 */
export function* byTarget(
  { targetOf }: Pick<Ledger, 'targetOf'>,
  rows: readonly number[],
  least: number,
): Generator<[target: number, rows: number[]]> {
  for (let from = 0; from < rows.length; ) {
    const target = targetOf[rows[from]!]!;
    let to = from + 1;
    while (to < rows.length && targetOf[rows[to]!] === target) to++;
    if (to - from >= least) yield [target, rows.slice(from, to)];
    from = to;
  }
}
