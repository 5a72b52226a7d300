/** Which local ports were taken at a moment: those that stand behind a peak of the occupancy. */
import { waitsAfterHold } from '../ledger/hold.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { SECOND } from '../segment/timeline.ts';
import { localPortOf, rowsByStart } from './scene.ts';

export interface HeldPorts {
  /** Ascending. */
  readonly localPorts: number[];
  /** Sessions that hold them, by start. */
  readonly rows: number[];
}

/** Ports of its pool that a client holds at `time` towards one target, or towards all (null), its TIME_WAIT included. */
export function heldPorts(ledger: Ledger, client: number, target: number | null, time: number): HeldPorts {
  const { sessions, heldUntil, before } = ledger;
  const pool = ledger.pool(client);
  const timeWait = ledger.timeWait(client).effectiveSeconds * SECOND;
  const holding = new Map<number, number>();
  for (const row of rowsByStart(ledger, client, target)) {
    if (sessions.start[row]! > time) break;
    // Whatever the session before on the four-tuple held, this one has taken over.
    holding.delete(before[row]!);
    const until = heldUntil[row]!;
    const release = waitsAfterHold(sessions, heldUntil, row) ? until + timeWait : until;
    const port = localPortOf(ledger, row);
    if (release > time && pool.has(port)) holding.set(row, port);
  }
  return {
    localPorts: [...new Set(holding.values())].sort((one, other) => one - other),
    rows: [...holding.keys()],
  };
}
