/** What a test saw of ports that fell silent, whichever order the client draws in. */
export interface Silence {
  readonly method: 'passes' | 'halves';
  /** How many of the last passes of the pointer were watched; NaN for halves. */
  readonly passesWatched: number;
  /** Draws of the stream before and after the cut. */
  readonly drawsBefore: number;
  readonly drawsAfter: number;
  /** Ports used before that could be drawn after: the ones that are watched. */
  readonly watched: number;
  /** How many of them are silent after, and how many would be by chance. */
  readonly silent: number;
  readonly expected: number;
  readonly z: number;
  /** (silent - expected) as a share of `pool`. */
  readonly effect: number;
  /** Smallest loss before the cut that would have been flagged, in ports. */
  readonly smallestLoss: number;
  /** Ports that the order can give: the watched ones, or the pool by inverse occupancy. */
  readonly pool: number;
  /** 1 for each silent port. */
  readonly silentPorts: Uint8Array;
}

export const MIN_Z = 5;
/** Beyond this the silence is not called chance any more, though it is too little for a finding. */
export const QUIET_Z = 4;
export const MIN_LOST_PORTS = 5;
export const MIN_EFFECT = 0.02;

/** The figures that both tests share; `pool` is what the loss is a share of. */
export function measure(
  silent: number,
  expected: number,
  pool: number,
): Pick<Silence, 'silent' | 'expected' | 'z' | 'effect' | 'smallestLoss' | 'pool'> {
  const deviation = Math.sqrt(Math.max(expected, 1));
  return {
    silent,
    expected,
    z: (silent - expected) / deviation,
    effect: (silent - expected) / pool,
    smallestLoss: Math.ceil(Math.max(MIN_LOST_PORTS, MIN_Z * deviation, MIN_EFFECT * pool)),
    pool,
  };
}

export function isFlagged({ z, silent, expected, effect }: Silence): boolean {
  return z >= MIN_Z && silent - expected >= MIN_LOST_PORTS && effect >= MIN_EFFECT;
}
