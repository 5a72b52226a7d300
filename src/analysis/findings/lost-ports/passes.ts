import { measure, type Silence } from './silence.ts';
import { eligiblePorts, type Stream, type Uses } from './uses.ts';

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
    const step = at === 0 ? 0 : (port - before + uses.size) % uses.size;
    position += step > uses.size / 2 ? step - uses.size : step;
    furthest = Math.max(furthest, position);
    positions[draws[at]!] = furthest;
    before = port;
  }
  const ofUse = Uint32Array.from(positions, (reached) => Math.floor((furthest - reached) / uses.size));
  return { count: Math.floor(furthest / uses.size), ofUse };
}

/**
 * Ports of a sequential order that the pointer no longer visits (DOMAIN 4.1, F4 a): the last K passes against all before,
 * for each K from 3 to 8. With u_k the share of the ports that pass k visits, a healthy port stays silent with the
 * chance of all (1 - u_k) together. Empty with fewer than 4 full passes.
 */
export function silencesByPasses(stream: Stream, passes: Passes): Silence[] {
  const visits = lastVisits(stream, passes);
  const silences: Silence[] = [];
  for (let watched = MIN_PASSES_WATCHED; watched <= MAX_PASSES_WATCHED && passes.count > watched; watched++) {
    const silence = watchPasses(stream, passes, visits, watched);
    if (silence) silences.push(silence);
  }
  return silences;
}

/** Bit k of a port: drawn in pass k, counted back from the end. */
function lastVisits({ uses, draws }: Stream, passes: Passes): Uint8Array {
  const visits = new Uint8Array(uses.size);
  for (const use of draws) {
    const pass = passes.ofUse[use]!;
    if (pass < MAX_PASSES_WATCHED) visits[uses.port[use]!]! |= 1 << pass;
  }
  return visits;
}

function watchPasses(stream: Stream, passes: Passes, visits: Uint8Array, watchedPasses: number): Silence | null {
  const { uses, draws } = stream;
  const cut = firstOfPass(draws, passes, watchedPasses);
  const before = usedBefore(uses, draws, cut);
  const eligible = eligiblePorts(stream, cut);
  const visited = new Float64Array(watchedPasses);
  const silentPorts = new Uint8Array(uses.size);
  const mask = (1 << watchedPasses) - 1;
  let watched = 0;
  let silent = 0;
  for (let port = 0; port < uses.size; port++) {
    if (!before[port] || !eligible[port]) continue;
    watched++;
    for (let pass = 0; pass < watchedPasses; pass++) if (visits[port]! & (1 << pass)) visited[pass]!++;
    if (visits[port]! & mask) continue;
    silent++;
    silentPorts[port] = 1;
  }
  if (watched === 0) return null;
  const expected = visited.reduce((product, count) => product * (1 - count / watched), watched);
  return {
    method: 'passes',
    passesWatched: watchedPasses,
    drawsBefore: cut,
    drawsAfter: draws.length - cut,
    watched,
    silentPorts,
    ...measure(silent, expected, watched),
  };
}

function firstOfPass(draws: Uint32Array, passes: Passes, watchedPasses: number): number {
  let cut = 0;
  while (cut < draws.length && passes.ofUse[draws[cut]!]! >= watchedPasses) cut++;
  return cut;
}

function usedBefore(uses: Uses, draws: Uint32Array, cut: number): Uint8Array {
  const before = new Uint8Array(uses.size);
  for (let at = 0; at < cut; at++) before[uses.port[draws[at]!]!] = 1;
  return before;
}
