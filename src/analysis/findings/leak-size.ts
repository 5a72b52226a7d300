import { GROWTH, type Growth } from './growth.ts';
import type { Scene } from './scene.ts';

/** Of the usable ports: a leak of this size is about to fill the pool. */
const LARGE_SHARE = 0.5;

/** Whether a leak decides before other faults: half of the pool is held already, or all of it will be within a day. */
export function isLargeLeak(scene: Scene, client: number, held: number, growth: Growth): boolean {
  const pool = scene.ledger.pool(client);
  if (pool.weak) return false;
  return held >= LARGE_SHARE * pool.usable || growth.hoursToFull <= GROWTH.urgentHours;
}
