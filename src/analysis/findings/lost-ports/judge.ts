import { type ComeBack, comeBack, smallestConfirmed, staysAway } from './come-back.ts';
import { type Halves, hasShrunk, silencesByDraws } from './halves.ts';
import { type Passes, silencesByPasses } from './passes.ts';
import { isFlagged, QUIET_Z, type Silence } from './silence.ts';
import type { Stream } from './uses.ts';

/**
 * 'lost': ports fell silent and stay away. 'none': no loss above the stated power. 'comes-back': silent ports return,
 * so the silence has another cause. 'unclear': more silence than chance gives, but a confirmation is missing.
 * 'powerless': the capture is too short to see even a large loss.
 */
export type Verdict = 'lost' | 'none' | 'comes-back' | 'unclear' | 'powerless';

export interface Judgement {
  readonly verdict: Verdict;
  /** The cut that tells most; null where there was nothing to watch. */
  readonly silence: Silence | Halves | null;
  readonly comeBack: ComeBack;
  /** Of the ports that came back, how many chance alone had silenced: where draws are independent; else 0. */
  readonly returnsByChance: number;
  /**
   * Smallest loss that would have been found, were it spread evenly over the capture, as a share of the pool; above 1
   * where none would. Infinity without `silence`.
   */
  readonly power: number;
  /** Smallest loss that would at least have kept a loss from being ruled out, likewise. */
  readonly suspicion: number;
}

/** What was judged: the whole host (target -1), or the draws towards one target. */
export interface Judged {
  readonly stream: Stream;
  readonly judgement: Judgement;
}

/** A loss is excluded only where one of this share of the pool would not have passed for chance. */
export const USEFUL_POWER = 0.05;

/** How the draws of a stream follow each other: by the passes of a pointer, independently, or in some other way. */
export type Order = Passes | 'random' | 'other';

export function judgeStream(stream: Stream, order: Order): Judgement {
  const silences: (Silence | Halves)[] =
    typeof order === 'string' ? silencesByDraws(stream, order === 'random') : silencesByPasses(stream, order);
  const returned = comeBack(stream);
  const loudest = best(silences.filter(isFlagged), loudness) ?? best(silences, loudness);
  if (loudest === null) return { verdict: 'powerless', silence: null, comeBack: returned, ...BLIND };
  const keenest = best(silences, (silence) => -smallestFound(silence, returned, order))!;
  const power = smallestFound(keenest, returned, order);
  const suspicion = Math.min(...silences.map(smallestSuspect));
  const silence = isFlagged(loudest) ? loudest : keenest;
  const chance = order === 'random' ? chanceOfThird(loudest, order) : null;
  const returnsByChance = chance === null ? 0 : returned.watched * chance * (1 - chance);
  const verdict = verdictOf(loudest, suspicion, returned, chance);
  return { verdict, silence, comeBack: returned, returnsByChance, power, suspicion };
}

const BLIND = { returnsByChance: 0, power: Number.POSITIVE_INFINITY, suspicion: Number.POSITIVE_INFINITY };

function loudness(silence: Silence): number {
  return silence.z;
}

function best<T>(list: readonly T[], rank: (entry: T) => number): T | null {
  return list.reduce<T | null>((first, next) => (first === null || rank(next) > rank(first) ? next : first), null);
}

function verdictOf(silence: Silence | Halves, suspicion: number, returned: ComeBack, chance: number | null): Verdict {
  if (isFlagged(silence)) {
    const stays = staysAway(returned, chance);
    if (stays === 'no') return 'comes-back';
    return stays === 'yes' && (!('mcNemar' in silence) || hasShrunk(silence)) ? 'lost' : 'unclear';
  }
  if (silence.z >= QUIET_Z) return 'unclear';
  return suspicion <= USEFUL_POWER ? 'none' : 'powerless';
}

/**
 * A loss hits the watched ports as it hits all. Only what is lost before the cut can be flagged, and only what is lost in
 * the first third can be confirmed.
 */
function smallestFound(silence: Silence, { watched }: ComeBack, order: Order): number {
  const chance = chanceOfThird(silence, order);
  const confirmed = surely(smallestConfirmed(watched, chance, order === 'random'), watched * chance) / watched;
  return Math.max(spread(silence, silence.smallestLoss), 3 * confirmed);
}

function smallestSuspect(silence: Silence): number {
  return spread(silence, QUIET_Z * Math.sqrt(Math.max(silence.expected, 1)));
}

/** The loss over the whole capture that shows so many of the watched ports silent after the cut. */
function spread({ expected, watched, drawsBefore, drawsAfter }: Silence, silentPorts: number): number {
  return (surely(silentPorts, expected) / watched) * (1 + drawsAfter / drawsBefore);
}

/** What must be lost so that `needed` ports are seen though chance takes two deviations of them. */
function surely(needed: number, expected: number): number {
  return needed + 1 + 2 * Math.sqrt(needed / 2 + expected);
}

/** Chance of a healthy port to be silent for a third of the draws, from its chance to be silent after the cut. */
function chanceOfThird(silence: Silence, order: Order): number {
  const thirds =
    typeof order === 'string'
      ? (silence.drawsBefore + silence.drawsAfter) / 3 / silence.drawsAfter
      : order.count / 3 / silence.passesWatched;
  return (silence.expected / silence.watched) ** thirds;
}
