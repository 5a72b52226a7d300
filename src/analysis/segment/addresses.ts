import { v4Text, v6Text } from './address-text.ts';
import { PairIds } from './pair-ids.ts';

const V6_WORDS = 4;

/**
 * Addresses as small numbers. IPv4 addresses are their own u32 in segments and keys; IPv6 addresses are interned to an
 * index here. Reports count both families in one dense id, given on first use.
 */
export class Addresses {
  #words = new Uint32Array(64 * V6_WORDS);
  #v6Count = 0;
  #slots = new Int32Array(128).fill(-1);
  /** Of family and value. */
  readonly #ids = new PairIds();

  /** Number of dense ids given so far: they run from 0. */
  get count(): number {
    return this.#ids.count;
  }

  /** The IPv6 addresses by their index, four words each. */
  get v6Words(): Uint32Array<ArrayBuffer> {
    return this.#words.subarray(0, this.#v6Count * V6_WORDS);
  }

  /** Knows the IPv6 addresses that another instance gave an index, as its `v6Words`; gives none itself from then on. */
  adoptV6(words: Uint32Array<ArrayBuffer>): void {
    this.#words = words;
    this.#v6Count = words.length / V6_WORDS;
  }

  /** The index of the IPv6 address in the 16 octets at `offset`: the `source` or `destination` of a segment. */
  internV6(view: DataView, offset: number): number {
    const a = view.getUint32(offset);
    const b = view.getUint32(offset + 4);
    const c = view.getUint32(offset + 8);
    const d = view.getUint32(offset + 12);
    const mask = this.#slots.length - 1;
    let slot = hashWords(a, b, c, d) & mask;
    for (let index = this.#slots[slot]!; index >= 0; index = this.#slots[slot]!) {
      const at = index * V6_WORDS;
      const words = this.#words;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return index;
      slot = (slot + 1) & mask;
    }
    return this.#addV6(a, b, c, d, slot);
  }

  #addV6(a: number, b: number, c: number, d: number, slot: number): number {
    const index = this.#v6Count++;
    const at = index * V6_WORDS;
    if (at === this.#words.length) this.#growWords();
    this.#words.set([a, b, c, d], at);
    this.#slots[slot] = index;
    if (this.#v6Count * 2 > this.#slots.length) this.#growSlots();
    return index;
  }

  #growWords(): void {
    const grown = new Uint32Array(this.#words.length * 2);
    grown.set(this.#words);
    this.#words = grown;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#v6Count; index++) {
      const at = index * V6_WORDS;
      const words = this.#words;
      let slot = hashWords(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index;
    }
  }

  /** The dense id of an address as segments carry it, its value unsigned. */
  idOf(family: number, value: number): number {
    return this.#ids.idOf(family, value);
  }

  /** RFC 5952 text of a dense id; IPv4 in dotted decimal. */
  text(id: number): string {
    const value = this.#ids.large(id);
    if (this.#ids.small(id) === 4) return v4Text(value);
    const at = value * V6_WORDS;
    return v6Text(this.#words.subarray(at, at + V6_WORDS));
  }

  /** Order of two dense ids by their octets, IPv4 first: negative, zero or positive. */
  compare(a: number, b: number): number {
    const family = this.#ids.small(a);
    if (family !== this.#ids.small(b)) return family - this.#ids.small(b);
    if (family === 4) return this.#ids.large(a) - this.#ids.large(b);
    const left = this.#ids.large(a) * V6_WORDS;
    const right = this.#ids.large(b) * V6_WORDS;
    for (let word = 0; word < V6_WORDS; word++) {
      const difference = this.#words[left + word]! - this.#words[right + word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** 127.0.0.0/8 or ::1. */
  isLoopback(id: number): boolean {
    const value = this.#ids.large(id);
    if (this.#ids.small(id) === 4) return value >>> 24 === 127;
    return this.text(id) === '::1';
  }
}

/** A plain xor of the words leaves neighbouring addresses in neighbouring slots; the multiplications spread them. */
function hashWords(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ d, 0x165667b1);
  return (hash ^ (hash >>> 15)) >>> 0;
}
