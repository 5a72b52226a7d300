/**
 * The uses of one client's pool, as the search for lost ports reads them. Everything here counts in draws (new attempts),
 * never in clock time: a drop of traffic must not look like a leak.
 */
import type { PortUses } from '../../ledger/port-uses.ts';

/** Every session of a client on a port of its pool that has a start. Times are nanoseconds since the base. */
export interface Uses extends Pick<PortUses, 'count' | 'size' | 'start' | 'port' | 'target' | 'isDraw'> {
  /** The close by both sides or by a RST; Infinity where there was none. */
  readonly closedAt: Float64Array;
  /** The close, and the client's TIME_WAIT after it. */
  readonly freeAt: Float64Array;
}

/** The draws that are judged together. */
export interface Stream {
  readonly uses: Uses;
  /** Rows of `uses`, ascending. */
  readonly draws: Uint32Array;
  /** All uses of the target, draws or not; of the host, all there are. */
  readonly own: Uint32Array;
  /** The one target of the draws, or -1. */
  readonly target: number;
  /** Whether a port that is busy towards one remote can be drawn towards another. */
  readonly shared: boolean;
}

/** All draws of the host. */
export function hostStream(uses: Uses, shared: boolean): Stream {
  const own = new Uint32Array(uses.count);
  for (let use = 0; use < uses.count; use++) own[use] = use;
  return { uses, draws: drawsAmong(uses, own), own, target: -1, shared };
}

/** The same stream without the draws towards some targets. */
export function withoutTargets(stream: Stream, targets: ReadonlySet<number>): Stream {
  const { uses, draws } = stream;
  return targets.size === 0 ? stream : { ...stream, draws: draws.filter((use) => !targets.has(uses.target[use]!)) };
}

/** `own` are the uses of the target. */
export function targetStream(uses: Uses, own: Uint32Array, target: number, shared: boolean): Stream {
  return { uses, draws: drawsAmong(uses, own), own, target, shared };
}

function drawsAmong(uses: Uses, rows: Uint32Array): Uint32Array {
  const draws = new Uint32Array(rows.length);
  let count = 0;
  for (let at = 0; at < rows.length; at++) if (uses.isDraw[rows[at]!] === 1) draws[count++] = rows[at]!;
  return draws.subarray(0, count);
}
