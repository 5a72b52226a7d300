import type { Pool } from '../ledger/ledger.ts';
import type { Growth } from './growth.ts';
import { duration, plural } from './words.ts';

const SECONDS_OF_HOUR = 3600;

/** The growth of the open sessions as one sentence, with what it means for the pool. */
export function growthText({ openAtEnd, slopePerHour, grows, hoursToFull }: Growth, pool: Pool): string {
  const held = `${plural(openAtEnd, 'session')} of this target hold a port at the end of the capture`;
  if (!grows) return `${held}; their number shows no steady rise.`;
  const rise = `${held}, rising by ${Number(slopePerHour.toPrecision(2))} an hour`;
  if (pool.weak) return `${rise}.`;
  return `${rise}: at this pace all ${pool.usable} ports of the pool are held in ${duration(hoursToFull * SECONDS_OF_HOUR)}.`;
}
