/**
 * Which hosts were alive when, kept beside the sessions: it tells a host whose new attempts stopped from a host, or a
 * capture, that fell silent altogether.
 */
export interface Activity {
  /**
   * The seconds of the timeline (floor(time / 1e9)) within [from, to) in which `address` (an id of `Addresses`) sent or
   * received a TCP segment. Times in nanoseconds since `Timeline.baseSeconds`.
   */
  seconds(address: number, from: number, to: number): ActiveSeconds;
  /** Silences longer than 60 s in which no host sent a TCP segment at all, in order of time. */
  readonly silences: readonly Silence[];
  /** Median pause between neighbouring TCP segments of the whole capture, in seconds; a power of two will do. */
  readonly medianPauseSeconds: number;
}

export interface ActiveSeconds {
  /** How many such seconds. */
  readonly count: number;
  /** Start of the last of them in nanoseconds since the base; NaN when there is none. */
  readonly last: number;
}

export interface Silence {
  readonly from: number;
  readonly to: number;
}
