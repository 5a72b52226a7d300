/** A second in the unit of all times of an analysis, the nanosecond. What is asked for every packet has its own constant. */
export const SECOND = 1e9;
const NANOSECONDS = 1_000_000_000n;
/** The year 10000: RFC 3339 has four digits for the year. */
export const MAX_UNIX_SECONDS = 253_402_300_800;

/**
 * The clock of one analysis. Times are kept as nanoseconds since a base second in a double: exact for 104 days around
 * the base, and 64 ns or finer for 18 years.
 */
export class Timeline {
  /** Unix second that all times are relative to; set by the first packet that has a time. */
  baseSeconds = Number.NaN;
  /** Digits behind the second that the finest capture has: 6 or 9. */
  digits = 6;

  /** The base second; the first packet's own second where none was set yet. */
  base(seconds: number): number {
    if (Number.isNaN(this.baseSeconds)) this.baseSeconds = seconds;
    return this.baseSeconds;
  }

  /**
   * RFC 3339 text of a time in nanoseconds since the base, null for NaN. Decades from the base, where a double has no
   * single nanoseconds any more, microseconds are still told by rounding to them.
   */
  text(time: number): string | null {
    const unix = this.unixNanoseconds(time);
    if (unix === null) return null;
    const unit = 10n ** BigInt(9 - this.digits);
    const perSecond = NANOSECONDS / unit;
    const count = (unix + unit / 2n) / unit;
    const date = new Date(Number(count / perSecond) * 1000).toISOString().slice(0, 19);
    return `${date}.${String(count % perSecond).padStart(this.digits, '0')}Z`;
  }

  /** Unix time in nanoseconds of a time; null without any. */
  unixNanoseconds(time: number): bigint | null {
    if (Number.isNaN(time) || Number.isNaN(this.baseSeconds)) return null;
    return BigInt(this.baseSeconds) * NANOSECONDS + BigInt(Math.round(time));
  }

  /** The time of a Unix time in nanoseconds. There must be a base. */
  fromUnixNanoseconds(unix: bigint): number {
    return Number(unix - BigInt(this.baseSeconds) * NANOSECONDS);
  }
}
