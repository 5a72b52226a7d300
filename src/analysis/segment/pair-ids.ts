const FIRST_SIZE = 64;

/**
 * Numbers pairs of a small number (16 bits) and a large one (32) from 0 by first use: open addressing over two columns.
 * A map of numbers takes four times as long and ten times the memory.
 */
export class PairIds {
  count = 0;
  #smalls = new Uint16Array(FIRST_SIZE);
  #larges = new Uint32Array(FIRST_SIZE);
  /** Id + 1, 0 for a free slot; twice as many as there is room for ids. */
  #slots = new Int32Array(FIRST_SIZE * 2);

  /** The number of the pair, a new one where it has none. */
  idOf(small: number, large: number): number {
    const slot = this.#slotOf(small, large);
    const entry = this.#slots[slot]!;
    return entry === 0 ? this.#add(small, large, slot) : entry - 1;
  }

  has(small: number, large: number): boolean {
    return this.#slots[this.#slotOf(small, large)] !== 0;
  }

  small(id: number): number {
    return this.#smalls[id]!;
  }

  large(id: number): number {
    return this.#larges[id]!;
  }

  /** Where the pair is, or could be put. */
  #slotOf(small: number, large: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(small, large) & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#larges[entry - 1] === large && this.#smalls[entry - 1] === small) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #add(small: number, large: number, slot: number): number {
    const id = this.count++;
    this.#smalls[id] = small;
    this.#larges[id] = large;
    this.#slots[slot] = id + 1;
    if (this.count === this.#larges.length) this.#grow();
    return id;
  }

  #grow(): void {
    const smalls = new Uint16Array(this.count * 2);
    const larges = new Uint32Array(this.count * 2);
    smalls.set(this.#smalls);
    larges.set(this.#larges);
    this.#smalls = smalls;
    this.#larges = larges;
    this.#slots = new Int32Array(this.count * 4);
    for (let id = 0; id < this.count; id++) this.#slots[this.#slotOf(smalls[id]!, larges[id]!)] = id + 1;
  }
}

/** Neighbouring addresses differ in their low bits alone. */
function hashOf(small: number, large: number): number {
  const hash = Math.imul(large ^ Math.imul(small, 0x85ebca6b), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}
