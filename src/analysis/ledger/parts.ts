/**
 * Parts of a group of sessions: the targets of a client whose figures are made in one pass over the client's sessions,
 * because one pass a target reads the columns all over again.
 */
export interface Parts {
  readonly count: number;
  /** By target: its part plus `first`, a smaller number for a target that is none. Empty where there are no parts. */
  readonly ofTarget: Int32Array;
  readonly first: number;
  /** Session rows of a part, by start. */
  rowsOf(part: number): Uint32Array;
}

/** A group without parts. */
export function noParts(rows: Uint32Array): Parts {
  return { count: 0, ofTarget: new Int32Array(), first: 0, rowsOf: () => rows };
}
