import type { UseHolds } from './use-holds.ts';

/**
 * Highest numbers of busy ports, for every TIME_WAIT of the sweep. Those of place `p` stand at `p * timeWaits` and
 * behind: a place for each part, one for uses of no part, and the last for the whole.
 */
export interface Peaks {
  readonly timeWaits: number;
  readonly peak: Int32Array;
  /** In ns; NaN where no port was busy. */
  readonly peakAt: Float64Array;
  /** By TIME_WAIT: attempts that began on a port that another four-tuple kept busy at that moment. */
  readonly startsOnBusyPort: Uint32Array;
}

/**
 * Starts that are taken in one call. Called often, the loop is compiled once and for all; as one loop over all starts
 * it is compiled and thrown away again for every client, which took half as long again.
 */
const CHUNK = 2048;

/** Where the sweeps of one analysis count the sessions that hold a port: all zero between two sweeps. */
export class Holders {
  #counts = new Int32Array();

  /** Room for so many counts. */
  for(counts: number): Int32Array {
    if (this.#counts.length < counts) this.#counts = new Int32Array(counts);
    return this.#counts;
  }
}

/** One pass through all starts and ends, for all of `timeWaits` (ns, those that the rests of `use` count). */
export function sweep(use: UseHolds, timeWaits: readonly number[], holders: Holders): Peaks {
  const counts = holders.for(use.size * timeWaits.length);
  const running = new Sweep(use, timeWaits, counts);
  for (let from = 0; from < use.count; from += CHUNK) running.take(from, Math.min(from + CHUNK, use.count));
  counts.fill(0, 0, use.size * timeWaits.length);
  return running.peaks();
}

/**
 * A peak can only be reached by a start, so ends are taken in when the next start comes. Ends at the same moment go
 * first: a hold lasts up to its end and not longer. The sessions of a part that share a local port share the
 * four-tuple, so a part's ports are counted without looking at the port.
 */
class Sweep {
  readonly #use: UseHolds;
  readonly #timeWaits: Float64Array;
  /** By port and TIME_WAIT. */
  readonly #holders: Int32Array;
  /** By place and TIME_WAIT. */
  readonly #busy: Int32Array;
  readonly #peak: Int32Array;
  readonly #peakAt: Float64Array;
  /** By TIME_WAIT. */
  readonly #startsOnBusyPort: Uint32Array;
  readonly #expired: Uint32Array;
  #released = 0;

  constructor(use: UseHolds, timeWaits: readonly number[], holders: Int32Array) {
    const size = (use.parts + 2) * timeWaits.length;
    this.#use = use;
    this.#timeWaits = Float64Array.from(timeWaits);
    this.#holders = holders;
    this.#busy = new Int32Array(size);
    this.#peak = new Int32Array(size);
    this.#peakAt = new Float64Array(size).fill(Number.NaN);
    this.#startsOnBusyPort = new Uint32Array(timeWaits.length);
    this.#expired = new Uint32Array(timeWaits.length);
  }

  /** One function with everything at hand: split up, it takes half as long again. */
  take(from: number, to: number): void {
    const { start, port, part, parts, isDraw, restBefore, restAfter } = this.#use;
    const { use: released, time: releasedAt } = this.#use.released;
    const { use: waiting, time: waitingFrom } = this.#use.waiting;
    const timeWaits = this.#timeWaits;
    const holders = this.#holders;
    const busy = this.#busy;
    const expired = this.#expired;
    const startsOnBusyPort = this.#startsOnBusyPort;
    const ranks = timeWaits.length;
    const whole = (parts + 1) * ranks;
    for (let at = from; at < to; at++) {
      const now = start[at]!;
      for (; this.#released < released.length && releasedAt[this.#released]! <= now; this.#released++) {
        const use = released[this.#released]!;
        for (let rank = 0; rank < ranks; rank++) {
          busy[part[use]! * ranks + rank]!--;
          if (--holders[port[use]! * ranks + rank]! === 0) busy[whole + rank]!--;
        }
      }
      for (let rank = 0; rank < ranks; rank++) {
        const closedBy = now - timeWaits[rank]!;
        let next = expired[rank]!;
        for (; next < waiting.length && waitingFrom[next]! <= closedBy; next++) {
          const use = waiting[next]!;
          // A rest that was not over: the hold went on as the next session's.
          if (rank >= restAfter[use]!) continue;
          busy[part[use]! * ranks + rank]!--;
          if (--holders[port[use]! * ranks + rank]! === 0) busy[whole + rank]!--;
        }
        expired[rank] = next;
      }
      const rest = restBefore[at]!;
      for (let rank = 0; rank < ranks; rank++) {
        const others = holders[port[at]! * ranks + rank]!;
        if (others > (rank < rest ? 0 : 1)) startsOnBusyPort[rank]! += isDraw[at]!;
        if (rank >= rest) continue;
        holders[port[at]! * ranks + rank] = others + 1;
        this.#grow(part[at]! * ranks + rank, now);
        if (others === 0) this.#grow(whole + rank, now);
      }
    }
  }

  #grow(place: number, now: number): void {
    const busy = this.#busy[place]! + 1;
    this.#busy[place] = busy;
    if (busy <= this.#peak[place]!) return;
    this.#peak[place] = busy;
    this.#peakAt[place] = now;
  }

  peaks(): Peaks {
    const timeWaits = this.#timeWaits.length;
    return { timeWaits, peak: this.#peak, peakAt: this.#peakAt, startsOnBusyPort: this.#startsOnBusyPort };
  }
}
