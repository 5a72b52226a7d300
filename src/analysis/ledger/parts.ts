/**
 * Parts of a group of sessions: the targets of a client whose figures are made in one pass over the client's sessions,
 * because one pass a target reads the columns all over again.
 */
export interface Parts {
  readonly count: number;
  /** The part of a session row, `count` for none. */
  of(row: number): number;
  /** Session rows of a part, by start. */
  rowsOf(part: number): Uint32Array;
}

/** A group without parts. */
export function noParts(rows: Uint32Array): Parts {
  return { count: 0, of: () => 0, rowsOf: () => rows };
}
