/** Which local ports were taken at a moment: those that stand behind a peak of the occupancy. */
import { leavesTimeWait } from '../ledger/hold.ts';
import type { Ledger, Pool } from '../ledger/ledger.ts';
import { localPortOf } from './scene.ts';

const SECOND = 1e9;

export interface HeldPorts {
  /** Ascending. */
  readonly localPorts: number[];
  /** Sessions that hold them, by start. */
  readonly rows: number[];
}

/** Ports of the pool that these sessions hold at `time`, TIME_WAIT at the client included. */
export function heldPorts(
  ledger: Ledger,
  sessionRows: Uint32Array,
  pool: Pool,
  time: number,
  timeWait: number,
): HeldPorts {
  const { start, facts } = ledger.sessions;
  const ports = new Set<number>();
  const rows: number[] = [];
  for (const row of sessionRows) {
    if (start[row]! > time) break;
    const release = ledger.heldUntil[row]! + (leavesTimeWait(facts[row]!) ? timeWait * SECOND : 0);
    const port = localPortOf(ledger, row);
    if (release < time || ports.has(port) || !pool.has(port)) continue;
    ports.add(port);
    rows.push(row);
  }
  return { localPorts: [...ports].sort((one, other) => one - other), rows };
}
