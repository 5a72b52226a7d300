import type { ClientGroups } from '../session/sessions.ts';
import type { ReuseRows, RowRange, Targets } from './ledger.ts';

/** The sessions of a target, by start. */
export function targetRows({ targets }: { targets: Pick<Targets, 'first'> }, target: number): RowRange {
  return { from: targets.first[target]!, to: targets.first[target + 1]! };
}

/** The reuses of a target, by start: rows of `ReuseRows`. */
export function targetReuses({ reuses }: { reuses: Pick<ReuseRows, 'firstOfTarget'> }, target: number): RowRange {
  return { from: reuses.firstOfTarget[target]!, to: reuses.firstOfTarget[target + 1]! };
}

/** The sessions of a client, target by target. */
export function clientRows({ clients }: { clients: ClientGroups }, client: number): RowRange {
  return { from: clients.first[client]!, to: clients.first[client + 1]! };
}

/** The sessions of a client by start: a view, not a copy. */
export function clientRowsByStart({ clients }: { clients: ClientGroups }, client: number): Uint32Array {
  return clients.byStart.subarray(clients.first[client]!, clients.first[client + 1]!);
}

export function countOf({ from, to }: RowRange): number {
  return to - from;
}

/** Those of the rows that are neither closed nor reset: a view, not a copy. */
export function unendedAmong({ unended }: { unended: Uint32Array }, { from, to }: RowRange): Uint32Array {
  return unended.subarray(countBelow(unended, from), countBelow(unended, to));
}

/** How many of the ascending numbers are smaller; so the place of the first that is not. */
export function countBelow(ascending: Uint32Array | Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The numbers of the rows one by one, for what takes rows in any order. */
export function rowNumbers({ from, to }: RowRange): Uint32Array {
  const rows = new Uint32Array(to - from);
  for (let at = 0; at < rows.length; at++) rows[at] = from + at;
  return rows;
}
