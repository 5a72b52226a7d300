import { MAX_UNIX_SECONDS, type Timeline } from '../segment/timeline.ts';

const HALF = 2 ** 32;
const NANOSECONDS = 1_000_000_000n;

/**
 * Turns timestamps of 64 bits, given as two halves, into nanoseconds since the timeline's base. Present-day nanoseconds
 * do not fit into a double, so the ticks of the base second are taken off first, half by half: what is left is exact for
 * as long as the timeline is.
 */
export class TickClock {
  readonly #timeline: Timeline;
  readonly #ticksPerSecond: bigint;
  /** Seconds that are added to every timestamp. */
  readonly #offset: bigint;
  /** 0 where a tick is no whole number of nanoseconds. */
  readonly #nanosecondsPerTick: number;
  /** Ticks at the base second; the halves are NaN until it is known. */
  #base = 0n;
  #baseHigh = Number.NaN;
  #baseLow = Number.NaN;
  #first = 0;
  #limit = 0;

  constructor(timeline: Timeline, ticksPerSecond: bigint, offset: bigint) {
    this.#timeline = timeline;
    this.#ticksPerSecond = ticksPerSecond;
    this.#offset = offset;
    this.#nanosecondsPerTick = NANOSECONDS % ticksPerSecond === 0n ? Number(NANOSECONDS / ticksPerSecond) : 0;
    if (ticksPerSecond > 1_000_000n) timeline.digits = 9;
  }

  /** NaN where the time lies before 1970 or behind the year 9999. */
  time(high: number, low: number): number {
    if (Number.isNaN(this.#baseHigh) && !this.#start(high, low)) return Number.NaN;
    const unit = this.#nanosecondsPerTick;
    const ticks = (high - this.#baseHigh) * HALF + (low - this.#baseLow);
    const time = unit === 0 ? this.#exact(high, low) : ticks * unit;
    return time >= this.#first && time < this.#limit ? time : Number.NaN;
  }

  /** The Unix second of a timestamp, rounded towards 1970. */
  unixSeconds(high: number, low: number): bigint {
    return joined(high, low) / this.#ticksPerSecond + this.#offset;
  }

  /** Picoseconds and powers of two: rare enough for arithmetic that is slow and exact. */
  #exact(high: number, low: number): number {
    return Number(((joined(high, low) - this.#base) * NANOSECONDS) / this.#ticksPerSecond);
  }

  #start(high: number, low: number): boolean {
    const seconds = Number(this.unixSeconds(high, low));
    if (seconds < 0 || seconds >= MAX_UNIX_SECONDS) return false;
    const base = this.#timeline.base(seconds);
    this.#base = (BigInt(base) - this.#offset) * this.#ticksPerSecond;
    this.#baseHigh = Number(this.#base >> 32n);
    this.#baseLow = Number(this.#base & 0xffffffffn);
    this.#first = -base * 1e9;
    this.#limit = (MAX_UNIX_SECONDS - base) * 1e9;
    return true;
  }
}

function joined(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** if_tsresol: a negative power of ten, or of two where the top bit is set. */
export function ticksPerSecond(resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f);
  return resolution & 0x80 ? 1n << exponent : 10n ** exponent;
}
