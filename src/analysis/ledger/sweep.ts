import type { PortUse } from './port-use.ts';

/** Highest numbers of busy ports: of every part, behind them of no part, and of the whole. */
export interface Sweep {
  readonly peak: Int32Array;
  readonly peakAt: Float64Array;
  /** Attempts that began on a port that another four-tuple kept busy at that moment. */
  readonly startsOnBusyPort: number;
}

/**
 * Starts that are taken in one call. Called often, the loop is compiled once and for all; as one loop over all starts
 * it is compiled and thrown away again for every TIME_WAIT, which took half as long again.
 */
const CHUNK = 2048;

/** One pass with one TIME_WAIT (ns), the `rank`-th of those that the rests of `use` count. */
export function sweep(use: PortUse, rank: number, timeWait: number, holders: Int32Array): Sweep {
  const running = new RunningSweep(use, rank, timeWait, holders);
  for (let from = 0; from < use.count; from += CHUNK) running.take(from, Math.min(from + CHUNK, use.count));
  for (const port of use.port) holders[port] = 0;
  return running.end();
}

/**
 * A peak can only be reached by a start, so ends are taken in when the next start comes. Ends at the same moment go
 * first: a hold lasts up to its end and not longer. The sessions of a part that share a local port share the
 * four-tuple, so a part's ports are counted without looking at the port.
 */
class RunningSweep {
  readonly #use: PortUse;
  readonly #rank: number;
  readonly #timeWait: number;
  readonly #holders: Int32Array;
  readonly #busyOf: Int32Array;
  readonly #peakOf: Int32Array;
  readonly #peakAt: Float64Array;
  #busy = 0;
  #peak = 0;
  #peakTime = Number.NaN;
  #startsOnBusyPort = 0;
  #released = 0;
  #expired = 0;

  constructor(use: PortUse, rank: number, timeWait: number, holders: Int32Array) {
    this.#use = use;
    this.#rank = rank;
    this.#timeWait = timeWait;
    this.#holders = holders;
    this.#busyOf = new Int32Array(use.parts + 1);
    this.#peakOf = new Int32Array(use.parts + 2);
    this.#peakAt = new Float64Array(use.parts + 2).fill(Number.NaN);
  }

  take(from: number, to: number): void {
    const { start, port, part, restBefore, attempt } = this.#use;
    const holders = this.#holders;
    const rank = this.#rank;
    for (let at = from; at < to; at++) {
      const now = start[at]!;
      this.#release(now);
      this.#expire(now);
      const others = holders[port[at]!]!;
      if (rank >= restBefore[at]!) {
        // The hold of the session before goes on as this one's.
        if (others > 1) this.#startsOnBusyPort += attempt[at]!;
        continue;
      }
      holders[port[at]!] = others + 1;
      this.#busyPart(part[at]!, now);
      if (others > 0) this.#startsOnBusyPort += attempt[at]!;
      else this.#busyWhole(now);
    }
  }

  #release(now: number): void {
    const { use, time } = this.#use.released;
    let at = this.#released;
    for (; at < use.length && time[at]! <= now; at++) this.#free(use[at]!);
    this.#released = at;
  }

  #expire(now: number): void {
    const { use, time } = this.#use.waiting;
    const { restAfter } = this.#use;
    const closedBy = now - this.#timeWait;
    let at = this.#expired;
    for (; at < use.length && time[at]! <= closedBy; at++) {
      if (this.#rank < restAfter[use[at]!]!) this.#free(use[at]!);
    }
    this.#expired = at;
  }

  #free(use: number): void {
    const { part, port } = this.#use;
    this.#busyOf[part[use]!]!--;
    if (--this.#holders[port[use]!]! === 0) this.#busy--;
  }

  #busyPart(part: number, now: number): void {
    const busy = ++this.#busyOf[part]!;
    if (busy <= this.#peakOf[part]!) return;
    this.#peakOf[part] = busy;
    this.#peakAt[part] = now;
  }

  #busyWhole(now: number): void {
    this.#busy++;
    if (this.#busy <= this.#peak) return;
    this.#peak = this.#busy;
    this.#peakTime = now;
  }

  end(): Sweep {
    this.#peakOf[this.#use.parts + 1] = this.#peak;
    this.#peakAt[this.#use.parts + 1] = this.#peakTime;
    return { peak: this.#peakOf, peakAt: this.#peakAt, startsOnBusyPort: this.#startsOnBusyPort };
  }
}
