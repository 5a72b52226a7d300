import { eligibleSince } from './eligibility.ts';
import { countDraws } from './halves.ts';
import type { Stream } from './uses.ts';

/**
 * Ports that fell silent and came back were not lost. A pool that shrinks has none; thin traffic, and a target whose
 * neighbour loses ports and so shifts the pointer, have many.
 */
export interface ComeBack {
  /** Ports drawn twice in the first third of the draws, and free at its end. */
  readonly watched: number;
  /** How many of them are silent in the second third. */
  readonly silent: number;
  /** How many of those are drawn in the last. */
  readonly cameBack: number;
}

export const COME_BACK = {
  minDrawsAPort: 2,
  minSilent: 5,
  maxShare: 0.1,
  /** The same for what is left when the silence of mere chance is taken off: halfway to the 40 % of the innocent. */
  maxExcessShare: 0.25,
} as const;

export function comeBack(stream: Stream): ComeBack {
  const total = stream.draws.length;
  const third = Math.floor(total / 3);
  const first = countDraws(stream, 0, third);
  const second = countDraws(stream, third, 2 * third);
  const last = countDraws(stream, 2 * third, total);
  const eligible = eligibleSince(stream, third);
  const result = { watched: 0, silent: 0, cameBack: 0 };
  for (let port = 0; port < first.length; port++) {
    if (first[port]! < COME_BACK.minDrawsAPort || !eligible[port]) continue;
    result.watched++;
    if (second[port]! > 0) continue;
    result.silent++;
    if (last[port]! > 0) result.cameBack++;
  }
  return result;
}

/**
 * Whether silent ports stay away; 'unknown' where too few fell silent in time to tell. `chance` is that of a healthy port
 * to be silent for a third of the draws where draws are independent of each other (a random order), so that the ports
 * it silences, which come back, can be taken off. Null for every other order: there a neighbour's loss shifts the draws.
 */
export function staysAway({ watched, silent, cameBack }: ComeBack, chance: number | null): 'yes' | 'no' | 'unknown' {
  const byChance = chance === null ? 0 : watched * chance;
  const excess = silent - byChance;
  if (excess < COME_BACK.minSilent) return 'unknown';
  if (chance === null) return cameBack <= silent * COME_BACK.maxShare ? 'yes' : 'no';
  return cameBack - byChance * (1 - chance) <= excess * COME_BACK.maxExcessShare ? 'yes' : 'no';
}

/** Smallest loss in the first third that `staysAway` could confirm, given how many ports chance silences for a third. */
export function smallestConfirmed(watched: number, chance: number, isRandom: boolean): number {
  const byChance = watched * chance;
  // Two deviations of the ports that chance silences must not reach the share of the excess that may come back.
  const noise = isRandom
    ? (2 * Math.sqrt(byChance)) / COME_BACK.maxExcessShare
    : byChance * (1 / COME_BACK.maxShare - 1);
  return Math.max(COME_BACK.minSilent, noise);
}
