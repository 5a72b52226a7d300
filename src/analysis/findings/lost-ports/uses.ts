/**
 * The uses of one client's pool, as the search for lost ports reads them. Everything here counts in draws (new attempts),
 * never in clock time: a drop of traffic must not look like a leak.
 */

/** Every session of a client on a port of its pool, in order of start. Times are nanoseconds since the base. */
export interface Uses {
  readonly count: number;
  /** Ports of the pool: `port` runs from 0 up to this. */
  readonly size: number;
  /** Index of the local port in the pool. */
  readonly port: Uint16Array;
  readonly start: Float64Array;
  /** The close by both sides or by a RST; Infinity where there was none. */
  readonly closedAt: Float64Array;
  /** The close, and the client's TIME_WAIT after it. */
  readonly freeAt: Float64Array;
  /** Row of the target. */
  readonly target: Uint32Array;
  /** 1 for attempts; a midstream session holds its port but was not drawn in this capture. */
  readonly isDraw: Uint8Array;
}

/** The draws that are judged together. */
export interface Stream {
  readonly uses: Uses;
  /** Rows of `uses`, ascending. */
  readonly draws: Uint32Array;
  /** The one target of the draws, or -1. */
  readonly target: number;
  /** Whether a port that is busy towards one remote can be drawn towards another. */
  readonly shared: boolean;
}

/** All draws of the host, those towards some targets left out where told. */
export function hostStream(uses: Uses, shared: boolean, without: ReadonlySet<number> = new Set()): Stream {
  const draws = rows(uses, (use) => uses.isDraw[use] === 1 && !without.has(uses.target[use]!));
  return { uses, draws, target: -1, shared };
}

export function targetStream(uses: Uses, target: number, shared: boolean): Stream {
  const draws = rows(uses, (use) => uses.isDraw[use] === 1 && uses.target[use] === target);
  return { uses, draws, target, shared };
}

function rows(uses: Uses, wanted: (use: number) => boolean): Uint32Array {
  const list = new Uint32Array(uses.count);
  let count = 0;
  for (let use = 0; use < uses.count; use++) if (wanted(use)) list[count++] = use;
  return list.slice(0, count);
}

/** A port that others hold for more than this share of the time could not be drawn, and its silence says nothing. */
const HELD_BY_OTHERS = 0.1;

/**
 * 1 for each port that could be drawn all the time since draw `cut` of the stream: its last use before is closed and out
 * of TIME_WAIT, and no other target holds it for long later. Where ports are shared, TIME_WAIT blocks a four-tuple
 * and not a port, and what others hold does not matter.
 */
export function eligiblePorts(stream: Stream, cut: number): Uint8Array {
  const { uses, draws, target, shared } = stream;
  const eligible = new Uint8Array(uses.size).fill(1);
  if (cut >= draws.length) return eligible;
  const over = shared && target < 0 ? uses.closedAt : uses.freeAt;
  const from = uses.start[draws[cut]!]!;
  const to = uses.start[draws[draws.length - 1]!]!;
  const heldAfter = new Float64Array(uses.size);
  for (let use = 0; use < uses.count; use++) {
    const own = target < 0 || uses.target[use] === target;
    if (shared && !own) continue;
    const port = uses.port[use]!;
    const start = uses.start[use]!;
    if (start < from) eligible[port] = over[use]! <= from ? 1 : 0;
    else if (!own) heldAfter[port]! += Math.min(over[use]!, to) - Math.min(start, to);
  }
  const limit = (to - from) * HELD_BY_OTHERS;
  for (let port = 0; port < uses.size; port++) if (heldAfter[port]! > limit) eligible[port] = 0;
  return eligible;
}
