import type { JudgedStream } from './judged-stream.ts';
import { QUIET_Z } from './silence.ts';
import type { Stream } from './uses.ts';

/** Ports that the others should draw before their silence tells anything. */
const MIN_EXPECTED = 5;
/** Share of the excess that others may draw and be said to avoid it, and that they draw at least where they do not. */
const AVOIDED = 0.25;
const DRAWN = 0.75;
/** Share of the ports that a target must have lost to explain the host's silence that must be silent towards it. */
const EXPLAINED = 0.5;

/**
 * Whether the draws towards other targets avoid the ports that fell silent towards one: 'yes' where the host lost
 * them, 'no' where that target alone did, 'unknown' where the others draw too little to tell.
 */
export function othersAvoid(host: Stream, { stream, silence }: JudgedStream): 'yes' | 'no' | 'unknown' {
  if (silence === null || silence.z < QUIET_Z) return 'unknown';
  const drawn = drawnByOthers(host, stream.target, stream.draws[silence.drawsBefore]!);
  let silentDrawn = 0;
  for (let port = 0; port < drawn.length; port++) silentDrawn += drawn[port]! & silence.silentPorts[port]!;
  const rate = shareDrawn(drawn, silence.silentPorts);
  const byChance = silence.expected * rate;
  const excess = (silence.silent - silence.expected) * rate;
  if (excess < MIN_EXPECTED) return 'unknown';
  if (silentDrawn <= byChance + AVOIDED * excess) return 'yes';
  return silentDrawn >= byChance + DRAWN * excess ? 'no' : 'unknown';
}

/** 1 for each port that others draw since a use. */
function drawnByOthers({ uses, draws }: Stream, target: number, cut: number): Uint8Array {
  const drawn = new Uint8Array(uses.size);
  for (const use of draws) if (use >= cut && uses.target[use] !== target) drawn[uses.port[use]!] = 1;
  return drawn;
}

/**
 * Whether a loss towards one target alone could silence so many ports in the stream of the whole host: they would have to
 * be missed by the draws of all others as well, and healthy ports show how rarely that happens.
 */
export function explainsHost(host: JudgedStream, { stream }: JudgedStream): boolean {
  const { silence } = host;
  if (silence === null) return false;
  const { draws, uses } = host.stream;
  const cut = draws[silence.drawsBefore]!;
  const missed = 1 - shareDrawn(drawnByOthers(host.stream, stream.target, cut), silence.silentPorts);
  const needed = (silence.silent - silence.expected) / Math.max(missed, 1 / uses.size);
  return silentSince(stream, cut) >= needed * EXPLAINED;
}

/** Ports that the stream drew before a use and not since. */
function silentSince({ uses, draws }: Stream, cut: number): number {
  const silent = new Uint8Array(uses.size);
  for (const use of draws) silent[uses.port[use]!] = use < cut ? 1 : 0;
  return silent.reduce((sum, flag) => sum + flag, 0);
}

/** Share of the ports that are not silent that others draw. */
function shareDrawn(drawn: Uint8Array, silent: Uint8Array): number {
  let lively = 0;
  let hits = 0;
  for (let port = 0; port < drawn.length; port++) {
    if (silent[port]) continue;
    lively++;
    hits += drawn[port]!;
  }
  return lively === 0 ? 0 : hits / lively;
}
