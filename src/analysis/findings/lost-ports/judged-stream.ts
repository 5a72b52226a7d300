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

/** A loss is excluded only where one of this share of the pool would not have passed for chance. */
export const USEFUL_POWER = 0.05;

/** How the draws of a stream follow each other: by the passes of a pointer, independently, or in some other way. */
export type Order = Passes | 'random' | 'other';

/**
 * The draws of the whole host (target -1), or those towards one target, with the verdict on them, and what it rests on
 * where someone asks: of most streams nobody does.
 */
export class JudgedStream {
  readonly stream: Stream;
  readonly verdict: Verdict;
  /** Smallest loss that would at least have kept a loss from being ruled out, as `power` states it. */
  readonly suspicion: number;
  readonly #order: Order;
  readonly #silences: readonly (Silence | Halves)[];
  readonly #loudest: Silence | Halves | null;
  #comeBack: ComeBack | null = null;

  constructor(stream: Stream, order: Order) {
    this.stream = stream;
    this.#order = order;
    this.#silences =
      typeof order === 'string' ? silencesByDraws(stream, order === 'random') : silencesByPasses(stream, order);
    this.#loudest = best(this.#silences.filter(isFlagged), loudness) ?? best(this.#silences, loudness);
    this.suspicion = Math.min(Number.POSITIVE_INFINITY, ...this.#silences.map(smallestSuspect));
    this.verdict = this.#loudest === null ? 'powerless' : this.#verdictOn(this.#loudest);
  }

  /** The cut that tells most; null where there was nothing to watch. */
  get silence(): Silence | Halves | null {
    return this.#loudest !== null && isFlagged(this.#loudest) ? this.#loudest : this.#keenest;
  }

  get comeBack(): ComeBack {
    this.#comeBack ??= comeBack(this.stream);
    return this.#comeBack;
  }

  /** Of the ports that came back, how many chance alone had silenced: where draws are independent; else 0. */
  get returnsByChance(): number {
    const chance = this.#chance;
    return chance === null ? 0 : this.comeBack.watched * chance * (1 - chance);
  }

  /**
   * Smallest loss that would have been found, were it spread evenly over the capture, as a share of the pool; above 1
   * where none would. Infinity without `silence`.
   */
  get power(): number {
    const keenest = this.#keenest;
    return keenest === null ? Number.POSITIVE_INFINITY : smallestFound(keenest, this.comeBack, this.#order);
  }

  get #keenest(): Silence | Halves | null {
    return best(this.#silences, (silence) => -smallestFound(silence, this.comeBack, this.#order));
  }

  get #chance(): number | null {
    return this.#loudest !== null && this.#order === 'random' ? chanceOfThird(this.#loudest, this.#order) : null;
  }

  #verdictOn(loudest: Silence | Halves): Verdict {
    if (isFlagged(loudest)) {
      const stays = staysAway(this.comeBack, this.#chance);
      if (stays === 'no') return 'comes-back';
      return stays === 'yes' && (!('mcNemar' in loudest) || hasShrunk(loudest)) ? 'lost' : 'unclear';
    }
    if (loudest.z >= QUIET_Z) return 'unclear';
    return this.suspicion <= USEFUL_POWER ? 'none' : 'powerless';
  }
}

function loudness(silence: Silence): number {
  return silence.z;
}

function best<T>(list: readonly T[], rank: (entry: T) => number): T | null {
  return list.reduce<T | null>((first, next) => (first === null || rank(next) > rank(first) ? next : first), null);
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
