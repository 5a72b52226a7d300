/** What the findings on sessions that hold their ports for good have in common: how a leak grows, and how much it weighs. */
import type { Pool } from '../ledger/ledger.ts';
import { targetRows } from '../ledger/rows.ts';
import { GROWTH, type Growth, growthOf } from './growth.ts';
import { DECIDES, type Entry, type Judgement, judgement } from './judgement.ts';
import type { Scene } from './scene.ts';

/** Of the usable ports: a leak of this size is about to fill the pool. */
const LARGE_SHARE = 0.5;

export interface FoundLeak {
  readonly code: 'sessions-never-closed' | 'half-closed-sessions';
  readonly client: number;
  readonly target: number;
  /** Sessions, and so ports, that it holds. */
  readonly held: number;
}

/** The judgement on a leak towards one target; a large one decides before other faults. */
export function leakFound(scene: Scene, leak: FoundLeak, text: (growth: Growth) => Entry): Judgement {
  const { ledger } = scene;
  const { code, client, target, held } = leak;
  const pool = ledger.pool(client);
  const growth = growthOf(ledger, targetRows(ledger, target), pool.usable);
  const large = isLarge(pool, held, growth);
  const head = {
    code,
    verdict: 'supported',
    severity: large ? 'critical' : 'warning',
    client,
    target,
    size: held,
    decides: large ? DECIDES.largeLeak : DECIDES.smallLeak,
    held,
  } as const;
  return judgement(scene, head, () => text(growth));
}

/** Half of the pool is held already, or all of it will be within a day. */
function isLarge(pool: Pool, held: number, growth: Growth): boolean {
  if (pool.weak) return false;
  return held >= LARGE_SHARE * pool.usable || growth.hoursToFull <= GROWTH.urgentHours;
}
