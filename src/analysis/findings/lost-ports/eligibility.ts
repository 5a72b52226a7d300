import type { Stream } from './uses.ts';

/** A port that others hold for more than this share of the time could not be drawn, and its silence says nothing. */
const HELD_BY_OTHERS = 0.1;

/**
 * 1 for each port that could be drawn all the time since draw `cut` of the stream: its last use before is closed and out
 * of TIME_WAIT, and no other target holds it for long later. Where ports are shared, TIME_WAIT blocks a four-tuple
 * and not a port, and what others hold does not matter.
 */
export class Eligibility {
  readonly #stream: Stream;
  readonly #others: HeldByOthers;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#others = new HeldByOthers(stream);
  }

  /** Cheapest where the cuts are asked for from the last to the first. */
  since(cut: number): Uint8Array {
    const { uses, draws, own, target, shared } = this.#stream;
    const eligible = new Uint8Array(uses.size).fill(1);
    if (cut >= draws.length) return eligible;
    const over = shared && target < 0 ? uses.closedAt : uses.freeAt;
    const from = uses.start[draws[cut]!]!;
    for (const use of own) {
      if (uses.start[use]! >= from) break;
      eligible[uses.port[use]!] = over[use]! <= from ? 1 : 0;
    }
    if (target >= 0 && !shared) this.#excludeHeld(eligible, from);
    return eligible;
  }

  #excludeHeld(eligible: Uint8Array, from: number): void {
    const { uses, draws } = this.#stream;
    const held = this.#others.since(from);
    const limit = (uses.start[draws[draws.length - 1]!]! - from) * HELD_BY_OTHERS;
    for (let port = 0; port < uses.size; port++) if (held[port]! > limit) eligible[port] = 0;
  }
}

/** For how long other targets hold each port up to the last draw of the stream, by uses that began since a moment. */
class HeldByOthers {
  readonly #stream: Stream;
  readonly #held: Float64Array;
  /** Uses from here on are counted. */
  #first: number;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#held = new Float64Array(stream.uses.size);
    this.#first = stream.uses.count;
  }

  since(from: number): Float64Array {
    const { uses, draws, target } = this.#stream;
    const to = uses.start[draws[draws.length - 1]!]!;
    if (this.#first < uses.count && uses.start[this.#first]! < from) this.#restart();
    for (; this.#first > 0 && uses.start[this.#first - 1]! >= from; this.#first--) {
      const use = this.#first - 1;
      if (uses.target[use] === target) continue;
      this.#held[uses.port[use]!]! += Math.min(uses.freeAt[use]!, to) - Math.min(uses.start[use]!, to);
    }
    return this.#held;
  }

  #restart(): void {
    this.#held.fill(0);
    this.#first = this.#stream.uses.count;
  }
}
