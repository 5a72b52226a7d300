import { SeenPorts } from './seen-ports.ts';
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
 * TIME_WAIT blocks a four-tuple and not a port, and what others hold does not matter. Of ports that the stream did not
 * use before the cut it says nothing.
 */
export function eligibleSinceEach(stream: Stream, cuts: readonly number[]): Uint8Array[] {
  const used = new UsedPorts(stream);
  const closed = cuts.map((cut) => used.closedBy(cut));
  if (stream.target < 0 || stream.shared) return closed;
  const others = new HeldByOthers(stream);
  for (let at = cuts.length - 1; at >= 0; at--) {
    if (cuts[at]! < stream.draws.length) others.exclude(startOf(stream, cuts[at]!), used.ports, closed[at]!);
  }
  return closed;
}

function startOf({ uses, draws }: Stream, cut: number): number {
  return uses.start[draws[cut]!]!;
}

/** The ports of a stream's uses, collected in one walk: each cut goes on where the one before it stopped. */
class UsedPorts {
  readonly #stream: Stream;
  /** By port: when its last use so far is over. */
  readonly #lastOver: Float64Array;
  readonly #ports: SeenPorts;
  #next = 0;

  constructor(stream: Stream) {
    const { size } = stream.uses;
    this.#stream = stream;
    this.#lastOver = new Float64Array(size);
    this.#ports = new SeenPorts(size, stream.own.length);
  }

  /** In the order of their first use. */
  get ports(): Uint16Array {
    return this.#ports.all;
  }

  /** 0 for each port whose last use before the cut is not over by then, and waits where that matters. */
  closedBy(cut: number): Uint8Array {
    const eligible = new Uint8Array(this.#lastOver.length).fill(1);
    if (cut >= this.#stream.draws.length) return eligible;
    const from = startOf(this.#stream, cut);
    this.#walk(from);
    const { ports } = this;
    for (let at = 0; at < ports.length; at++) {
      const port = ports[at]!;
      // The end of a session whose packets lack times is no number.
      if (!(this.#lastOver[port]! <= from)) eligible[port] = 0;
    }
    return eligible;
  }

  #walk(from: number): void {
    const { uses, own, target, shared } = this.#stream;
    const over = shared && target < 0 ? uses.closedAt : uses.freeAt;
    const lastOver = this.#lastOver;
    for (; this.#next < own.length && uses.start[own[this.#next]!]! < from; this.#next++) {
      const use = own[this.#next]!;
      const port = uses.port[use]!;
      this.#ports.add(port);
      lastOver[port] = over[use]!;
    }
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

  /** Takes 1 away from those of the ports that others hold for long since a moment; moments go from the latest back. */
  exclude(from: number, ports: Uint16Array, eligible: Uint8Array): void {
    const held = this.#since(from);
    const limit = (startOf(this.#stream, this.#stream.draws.length - 1) - from) * HELD_BY_OTHERS;
    for (let at = 0; at < ports.length; at++) if (held[ports[at]!]! > limit) eligible[ports[at]!] = 0;
  }

  #since(from: number): Float64Array {
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
