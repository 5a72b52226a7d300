/** The rows with the most attempts, `limit` at most; ties in the order of `compareTies`. */
export function most(
  rows: readonly number[],
  attempts: Uint32Array,
  limit: number,
  compareTies: (one: number, other: number) => number,
): number[] {
  return rows.toSorted((one, other) => attempts[other]! - attempts[one]! || compareTies(one, other)).slice(0, limit);
}
