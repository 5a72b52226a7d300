import type { Stream } from './uses.ts';

/** A port that others hold for more than this share of the time could not be drawn, and its silence says nothing. */
const HELD_BY_OTHERS = 0.1;

/** 1 for each port that could be drawn all the time since draw `cut` of the stream: see `eligibleSinceEach`. */
export function eligibleSince(stream: Stream, cut: number): Uint8Array {
  return eligibleSinceEach(stream, [cut])[0]!;
}

/**
 * For each of the cuts (draws of the stream, ascending), 1 for each port that could be drawn all the time since: its last
 * use before is closed and out of TIME_WAIT, and no other target holds it for long later. Where ports are shared,
 * TIME_WAIT blocks a four-tuple and not a port, and what others hold does not matter.
 */
export function eligibleSinceEach(stream: Stream, cuts: readonly number[]): Uint8Array[] {
  const { draws, target, shared } = stream;
  const eligible = closedBeforeEach(stream, cuts);
  if (target < 0 || shared) return eligible;
  const others = new HeldByOthers(stream);
  for (let at = cuts.length - 1; at >= 0; at--) {
    if (cuts[at]! < draws.length) excludeHeld(stream, startOf(stream, cuts[at]!), others, eligible[at]!);
  }
  return eligible;
}

/** One walk through the uses: each cut goes on where the one before it stopped. */
function closedBeforeEach(stream: Stream, cuts: readonly number[]): Uint8Array[] {
  const { uses, draws, own, target, shared } = stream;
  const over = shared && target < 0 ? uses.closedAt : uses.freeAt;
  /** By port: when its last use so far is over. */
  const lastOver = new Float64Array(uses.size).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return cuts.map((cut) => {
    const eligible = new Uint8Array(uses.size).fill(1);
    if (cut >= draws.length) return eligible;
    const from = startOf(stream, cut);
    for (; next < own.length && uses.start[own[next]!]! < from; next++)
      lastOver[uses.port[own[next]!]!] = over[own[next]!]!;
    for (let port = 0; port < uses.size; port++) if (lastOver[port]! > from) eligible[port] = 0;
    return eligible;
  });
}

function startOf({ uses, draws }: Stream, cut: number): number {
  return uses.start[draws[cut]!]!;
}

function excludeHeld(stream: Stream, from: number, others: HeldByOthers, eligible: Uint8Array): void {
  const held = others.since(from);
  const limit = (startOf(stream, stream.draws.length - 1) - from) * HELD_BY_OTHERS;
  for (let port = 0; port < eligible.length; port++) if (held[port]! > limit) eligible[port] = 0;
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

  /** Of moments from the latest to the earliest. */
  since(from: number): Float64Array {
    const { uses, draws, target } = this.#stream;
    const to = uses.start[draws[draws.length - 1]!]!;
    for (; this.#first > 0 && uses.start[this.#first - 1]! >= from; this.#first--) {
      const use = this.#first - 1;
      if (uses.target[use] === target) continue;
      this.#held[uses.port[use]!]! += Math.min(uses.freeAt[use]!, to) - Math.min(uses.start[use]!, to);
    }
    return this.#held;
  }
}
