import { eligibleSinceEach } from './eligibility.ts';
import { SeenPorts } from './seen-ports.ts';
import { measure, type Silence } from './silence.ts';
import type { Stream } from './uses.ts';

export const MIN_PASSES_WATCHED = 3;
/** Eight passes are a byte of visits a port. */
const MAX_PASSES_WATCHED = 8;

/** The passes of a sequential pointer over the pool. */
export interface Passes {
  /** Full passes seen. */
  readonly count: number;
  /** For each use, the pass it was drawn in, counted back from the last draw of the host, from 0. */
  readonly ofUse: Uint32Array;
}

/**
 * Cuts the draws of a stream into passes of its pointer, by unwrapping the ports modulo the pool. A step back by less than
 * half the pool is a port that an application took beside, or packets that changed places.
 */
export function pointerPasses({ uses, draws }: Stream): Passes {
  const positions = new Float64Array(uses.count);
  let position = 0;
  let furthest = 0;
  for (let at = 0, before = 0; at < draws.length; at++) {
    const port = uses.port[draws[at]!]!;
    const ahead = at === 0 ? 0 : port - before;
    const step = ahead < 0 ? ahead + uses.size : ahead;
    position += step > uses.size / 2 ? step - uses.size : step;
    furthest = Math.max(furthest, position);
    positions[draws[at]!] = furthest;
    before = port;
  }
  const ofUse = new Uint32Array(uses.count);
  for (let use = 0; use < uses.count; use++) ofUse[use] = Math.floor((furthest - positions[use]!) / uses.size);
  return { count: Math.floor(furthest / uses.size), ofUse };
}

/**
 * Ports of a sequential order that the pointer no longer visits: the last K passes against all before, for each K from
 * `MIN_PASSES_WATCHED` on. With u_k the share of the ports that pass k visits, a healthy port stays silent with the
 * chance of all (1 - u_k) together. Empty where the pointer made no more passes than that.
 */
export function silencesByPasses(stream: Stream, passes: Passes): Silence[] {
  const most = Math.min(MAX_PASSES_WATCHED, passes.count - 1);
  const watched = Array.from({ length: Math.max(0, most - MIN_PASSES_WATCHED + 1) }, (_, more) => most - more);
  const cuts = watched.map((count) => firstOfPass(stream.draws, passes, count));
  const visits = lastVisits(stream, passes);
  const eligible = eligibleSinceEach(stream, cuts);
  const drawn = new DrawnPorts(stream);
  return watched
    .flatMap((count, at) => watchPasses(stream, cuts[at]!, drawn.before(cuts[at]!), eligible[at]!, visits, count) ?? [])
    .reverse();
}

/** Bit k of a port: drawn in pass k, counted back from the end. */
function lastVisits({ uses, draws }: Stream, passes: Passes): Uint8Array {
  const visits = new Uint8Array(uses.size);
  for (let at = firstOfPass(draws, passes, MAX_PASSES_WATCHED); at < draws.length; at++) {
    visits[uses.port[draws[at]!]!]! |= 1 << passes.ofUse[draws[at]!]!;
  }
  return visits;
}

function watchPasses(
  { uses, draws }: Stream,
  cut: number,
  before: Uint16Array,
  eligible: Uint8Array,
  visits: Uint8Array,
  watchedPasses: number,
): Silence | null {
  const silentPorts = new Uint8Array(uses.size);
  const mask = (1 << watchedPasses) - 1;
  /** Watched ports by the passes that visited them. */
  const visitors = new Uint32Array(mask + 1);
  for (let at = 0; at < before.length; at++) {
    const port = before[at]!;
    if (eligible[port] === 0) continue;
    const visitedBy = visits[port]! & mask;
    visitors[visitedBy]!++;
    if (visitedBy === 0) silentPorts[port] = 1;
  }
  const watched = visitors.reduce((sum, ports) => sum + ports, 0);
  if (watched === 0) return null;
  return {
    method: 'passes',
    passesWatched: watchedPasses,
    drawsBefore: cut,
    drawsAfter: draws.length - cut,
    watched,
    silentPorts,
    ...measure(visitors[0]!, silentByChance(visitors, watchedPasses, watched), watched),
  };
}

/** Watched ports that no pass would visit if passes visited ports independently of each other. */
function silentByChance(visitors: Uint32Array, watchedPasses: number, watched: number): number {
  let expected = watched;
  for (let pass = 0; pass < watchedPasses; pass++) {
    const visited = visitors.reduce((sum, ports, by) => sum + (by & (1 << pass) ? ports : 0), 0);
    expected *= 1 - visited / watched;
  }
  return expected;
}

/** Index of the first draw of the last so many passes: the pass of a draw never rises along the stream. */
function firstOfPass(draws: Uint32Array, passes: Passes, watchedPasses: number): number {
  let low = 0;
  let high = draws.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes.ofUse[draws[middle]!]! >= watchedPasses) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The ports drawn before a cut, in the order of their first draw; cuts are asked for in their order. */
class DrawnPorts {
  readonly #stream: Stream;
  readonly #ports: SeenPorts;
  #next = 0;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#ports = new SeenPorts(stream.uses.size, stream.draws.length);
  }

  before(cut: number): Uint16Array {
    const { uses, draws } = this.#stream;
    for (; this.#next < cut; this.#next++) this.#ports.add(uses.port[draws[this.#next]!]!);
    return this.#ports.all;
  }
}
