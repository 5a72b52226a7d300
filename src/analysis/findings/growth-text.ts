/** How the open sessions of a target grow, as a sentence and as figures. */
import type { Pool } from '../ledger/ledger.ts';
import type { Growth } from './growth.ts';
import { duration, fitting, plural, rounded } from './words.ts';

const SECONDS_OF_HOUR = 3600;
/** A pace above this is told by the minute: nobody waits an hour for it. */
const FAST_PER_HOUR = 600;

/** The growth of the open sessions as one sentence, with what it means for the pool. */
export function growthText({ openAtEnd, slopePerHour, grows, hoursToFull }: Growth, pool: Pool): string {
  const held = `${plural(openAtEnd, 'session')} of this target ${fitting(openAtEnd, 'holds', 'hold')} a port at the end of the capture`;
  if (!grows) return `${held}; their number shows no steady rise.`;
  const rise = `${held}, rising by ${paceText(slopePerHour)}`;
  if (pool.weak) return `${rise}.`;
  if (hoursToFull === 0) return `${rise}: as many as the pool of ${pool.usable} has.`;
  return `${rise}: at this pace all ${pool.usable} ports of the pool are held in ${duration(hoursToFull * SECONDS_OF_HOUR)}.`;
}

function paceText(perHour: number): string {
  const [pace, unit] = perHour > FAST_PER_HOUR ? [perHour / 60, 'a minute'] : [perHour, 'an hour'];
  return `${Number(pace.toPrecision(2))} ${unit}`;
}

export function growthFigures({ openAtEnd, slopePerHour, p, hoursToFull }: Growth) {
  return {
    openAtEnd,
    openSlopePerHour: rounded(slopePerHour),
    openTrendP: rounded(p),
    hoursToFull: rounded(hoursToFull),
  };
}
