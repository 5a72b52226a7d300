/** `port-exhaustion`: how full a pool has to be, and for whom it is counted. */
import { FULL_SHARE } from '../ledger/full-time.ts';
import type { Occupancy, Pool } from '../ledger/ledger.ts';
import { DOCUMENTED_TIME_WAITS } from '../ledger/time-wait.ts';

export const EXHAUSTION = {
  fullRatio: FULL_SHARE,
  minStretchSeconds: 10,
  /** Of the effective TIME_WAIT, in all: a peak that lasts an instant blocks nobody. */
  minFullShareOfTimeWait: 0.1,
  /** Below half of the pool it is excluded, between this and `fullRatio` it is left open. */
  suspectRatio: 0.5,
  /** Share of sessions that start on a port busy towards another remote: the stack shares ports between remotes. */
  sharingShare: 0.05,
  /** Fewer sessions that start while the capture runs do not tell whether the stack shares ports. */
  minStarts: 20,
  /** A pool half empty even at that cannot have filled. */
  largestTimeWaitSeconds: Math.max(...DOCUMENTED_TIME_WAITS),
} as const;

/** One way to count the pool: the ports towards one remote, or those of the whole host. */
export interface Scope {
  readonly client: number;
  /** Null for the host. */
  readonly target: number | null;
  readonly pool: Pool;
  readonly occupancy: Occupancy;
}

/** One stack gives one port to several remotes at once; there no host-wide count can fill. */
export function sharesPorts({ starts, startsOnBusyPort }: Occupancy): boolean {
  return starts > 0 && startsOnBusyPort >= EXHAUSTION.sharingShare * starts;
}

/** Whether enough sessions started to tell that the stack does not share ports. */
export function sharingIsKnown({ starts }: Occupancy): boolean {
  return starts >= EXHAUSTION.minStarts;
}
