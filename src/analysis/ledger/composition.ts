import {
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  MIDSTREAM,
  type Sessions,
} from '../session/sessions.ts';
import { endStateOf, leavesTimeWait } from './hold.ts';
import type { PortUse, SweepColumns } from './port-use.ts';

// What holds a port; where several do, the highest counts.
const NOTHING = 0;
const TIME_WAIT = 1;
const PENDING = 2;
const HALF_CLOSED = 3;
const OPEN = 4;

/** What the busy ports were in at `moment`, each port once; `timeWait` in ns. */
export function compositionAt(columns: SweepColumns, use: PortUse, moment: number, timeWait: number) {
  const { holders } = columns;
  const begun = countUntil(use, moment);
  const taken = new Uint8Array(begun);
  for (let at = 0; at < begun; at++) if (use.before[at]! >= 0) taken[use.before[at]!] = 1;
  const counts = new Int32Array(OPEN + 1);
  for (let at = 0; at < begun; at++) {
    if (taken[at] === 1) continue;
    const port = use.port[at]!;
    const held = heldBy(columns, use.row[at]!, moment, timeWait);
    if (held <= holders[port]!) continue;
    counts[holders[port]!]!--;
    counts[held]!++;
    holders[port] = held;
  }
  for (let at = 0; at < begun; at++) holders[use.port[at]!] = NOTHING;
  const [, timeWaits, pending, halfClosed, open] = counts;
  return { open: open!, halfClosed: halfClosed!, pending: pending!, timeWait: timeWaits! };
}

function countUntil({ start, count }: PortUse, moment: number): number {
  let begun = 0;
  while (begun < count && start[begun]! <= moment) begun++;
  return begun;
}

/**
 * What the session's port is in. When the first FIN of a closed session came is not kept, so it counts as open up to
 * its close; that time is short where both sides close.
 */
function heldBy({ sessions, heldUntil }: SweepColumns, row: number, moment: number, timeWait: number): number {
  const facts = sessions.facts[row]!;
  const until = heldUntil[row]!;
  if (moment >= until) {
    return leavesTimeWait(facts) && until === sessions.closed[row] && moment < until + timeWait ? TIME_WAIT : NOTHING;
  }
  if ((facts & (ESTABLISHED | MIDSTREAM)) === 0) return PENDING;
  return isHalfClosedAt(sessions, row, moment) ? HALF_CLOSED : OPEN;
}

function isHalfClosedAt(sessions: Sessions, row: number, moment: number): boolean {
  const state = endStateOf(sessions.facts[row]!);
  return (state === HALF_CLOSED_BY_CLIENT || state === HALF_CLOSED_BY_REMOTE) && sessions.closed[row]! <= moment;
}
