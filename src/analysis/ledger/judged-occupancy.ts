import { composition, type PortStates } from './composition.ts';
import { FULL_SHARE, type FullTime, fullTime } from './full-time.ts';
import type { JudgedPeak, Peak, Pool } from './ledger.ts';
import type { SweepColumns } from './use-holds.ts';

/**
 * The peak at the effective TIME_WAIT. How long the pool was full and what filled it is found out when asked: few
 * groups come near.
 */
export class JudgedOccupancy implements JudgedPeak {
  readonly timeWaitSeconds: number;
  readonly peak: number;
  readonly peakAt: number;
  readonly ratio: number;
  readonly #columns: SweepColumns;
  readonly #rows: () => Uint32Array;
  readonly #pool: Pool;
  #full: FullTime | null = null;
  #states: PortStates | null = null;

  constructor(columns: SweepColumns, rows: () => Uint32Array, pool: Pool, at: Peak) {
    const { timeWaitSeconds, peak, peakAt, ratio } = at;
    this.timeWaitSeconds = timeWaitSeconds;
    this.peak = peak;
    this.peakAt = peakAt;
    this.ratio = ratio;
    this.#columns = columns;
    this.#rows = rows;
    this.#pool = pool;
  }

  get fullSeconds(): number {
    return this.#fullTime.seconds;
  }

  get longestFullSeconds(): number {
    return this.#fullTime.longestSeconds;
  }

  get longestFullFrom(): number {
    return this.#fullTime.longestFrom;
  }

  get longestFullTo(): number {
    return this.#fullTime.longestTo;
  }

  get open(): number {
    return this.#portStates.open;
  }

  get halfClosed(): number {
    return this.#portStates.halfClosed;
  }

  get pending(): number {
    return this.#portStates.pending;
  }

  get timeWait(): number {
    return this.#portStates.timeWait;
  }

  get #fullTime(): FullTime {
    const threshold = this.ratio < FULL_SHARE ? Number.POSITIVE_INFINITY : FULL_SHARE * this.#pool.usable;
    this.#full ??= fullTime(this.#columns, this.#rows(), this.#pool, this.timeWaitSeconds, threshold);
    return this.#full;
  }

  get #portStates(): PortStates {
    this.#states ??= composition(this.#columns, this.#rows(), this.#pool, this.peakAt, this.timeWaitSeconds);
    return this.#states;
  }
}
