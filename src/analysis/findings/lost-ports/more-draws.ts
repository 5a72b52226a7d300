import type { Attribution } from './attribute.ts';

/** Draws a port of a random order after which a loss of a twentieth of the pool is seen (measured by simulation). */
const RANDOM_DRAWS_A_PORT = 16;
/** Passes that do for a pointer whose every draw is seen. */
const COMFORTABLE_PASSES = 7;
/** Chance of a healthy port's silence in a third of the passes below which a twentieth of the pool can be confirmed. */
const QUIET_THIRD = 0.0018;

/** About how many more draws the host needs until a loss of a twentieth of its pool would be found; NaN if unknown. */
export function moreDraws({ passes, host }: Attribution): number {
  const { silence, stream } = host;
  const draws = stream.draws.length;
  const wanted =
    passes === null
      ? RANDOM_DRAWS_A_PORT * (silence?.pool ?? Number.NaN)
      : wantedByPasses(stream.uses.size, draws, passes.count);
  const missing = wanted - draws;
  return missing > 0 && Number.isFinite(missing) ? Number(missing.toPrecision(2)) : Number.NaN;
}

/** A pass shows a share of its draws; the fewer it shows, the more passes it takes until a healthy port has shown up. */
function wantedByPasses(size: number, draws: number, passes: number): number {
  const drawsAPass = passes > 0 ? draws / passes : size;
  const missed = 1 - Math.min(0.99, drawsAPass / size);
  return drawsAPass * Math.max(COMFORTABLE_PASSES, (3 * Math.log(QUIET_THIRD)) / Math.log(missed));
}
