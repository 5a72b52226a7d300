import { LEFT, PORTS, RIGHT, type SessionColumns, WORDS_SHIFT } from './session-columns.ts';

const MIN_SLOTS = 4096;

/**
 * Finds the newest session of a four-tuple: open addressing over the rows of `SessionColumns`. IPv4 and IPv6 have an
 * index each, since an interned IPv6 address can be the same number as an IPv4 one.
 */
export class TupleIndex {
  readonly #columns: SessionColumns;
  /** Row + 1, 0 for a free slot. The size is a power of two. */
  #slots: Int32Array;
  #used = 0;

  constructor(columns: SessionColumns, expectedRows: number) {
    this.#columns = columns;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(MIN_SLOTS, expectedRows * 1.5))));
  }

  /** The newest row of the tuple, -1 when there is none. */
  find(left: number, right: number, ports: number, hash: number): number {
    const { words } = this.#columns;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const row = slots[slot]! - 1;
      if (row < 0) return -1;
      const word = row << WORDS_SHIFT;
      if (words[word + PORTS] === ports && words[word + LEFT] === left && words[word + RIGHT] === right) return row;
      slot = (slot + 1) & mask;
    }
  }

  /** Makes `row` the newest of its tuple; `older` is the row it follows, or -1. */
  put(row: number, older: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot]! !== older + 1) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
    if (older < 0 && ++this.#used * 4 > this.#slots.length * 3) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    const { words } = this.#columns;
    for (const entry of old) {
      if (entry === 0) continue;
      const word = (entry - 1) << WORDS_SHIFT;
      let slot = tupleHash(words[word + LEFT]!, words[word + RIGHT]!, words[word + PORTS]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

/** Multiplications between the words: with xor alone neighbouring hosts and ports fall into one run of slots. */
export function tupleHash(left: number, right: number, ports: number): number {
  let hash = Math.imul(left ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ right, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ ports, 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}
