/** Which local ports were taken at a moment: those that stand behind a peak of the occupancy. */
import { waitsAfterHold } from '../ledger/hold.ts';
import type { Ledger, Pool } from '../ledger/ledger.ts';
import { SECOND } from '../segment/timeline.ts';
import { localPortOf } from './scene.ts';

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
  const { sessions, heldUntil, before } = ledger;
  const holding = new Map<number, number>();
  for (const row of sessionRows) {
    if (sessions.start[row]! > time) break;
    // Whatever the session before on the four-tuple held, this one has taken over.
    holding.delete(before[row]!);
    const until = heldUntil[row]!;
    const release = waitsAfterHold(sessions, heldUntil, row) ? until + timeWait * SECOND : until;
    const port = localPortOf(ledger, row);
    if (release > time && pool.has(port)) holding.set(row, port);
  }
  return {
    localPorts: [...new Set(holding.values())].sort((one, other) => one - other),
    rows: [...holding.keys()],
  };
}
