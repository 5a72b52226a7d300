import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import { type Grouping, groupSessions } from './grouping.ts';
import { holds } from './hold.ts';
import type { Clients, Ledger, LedgerInput, PortRows, Span, Targets } from './ledger.ts';
import { groupOffsets, groupRows, timeOrder } from './order.ts';
import { attemptedPorts, groupPorts, sessionsBefore } from './ports.ts';
import { findReuses } from './reuses.ts';
import { SessionLedger } from './session-ledger.ts';

/** Groups the sessions. Costs about 33 octets a session, and as many again for each port of each target. */
export function buildLedger(input: LedgerInput): Ledger {
  const { sessions, addresses } = input;
  const grouping = groupSessions(sessions, addresses.count);
  const byTime = timeOrder(sessions.start, sessions.count);
  const ports = groupPorts(sessions, grouping, byTime);
  return new SessionLedger(input, {
    span: input.span ?? spanOf(sessions),
    targetOf: grouping.targetOf,
    targets: targetColumns(sessions, grouping, byTime, ports),
    clients: clientColumns(sessions, grouping, byTime),
    ports,
    reuses: findReuses(sessions, byTime),
    before: sessionsBefore(ports, sessions.count),
    heldUntil: holds(sessions),
  });
}

function targetColumns(sessions: Sessions, grouping: Grouping, byTime: Uint32Array, ports: PortRows): Targets {
  const first = groupOffsets(grouping.targetOf, grouping.targets);
  return {
    count: grouping.targets,
    client: grouping.client,
    remote: grouping.remote,
    remotePort: grouping.remotePort,
    attempts: countAttempts(sessions, grouping.targetOf, grouping.targets),
    distinctLocalPorts: attemptedPorts(sessions, ports, grouping.targets),
    first,
    sessions: groupRows(byTime, grouping.targetOf, first),
  };
}

function clientColumns(sessions: Sessions, grouping: Grouping, byTime: Uint32Array): Clients {
  const clientOf = grouping.targetOf.map((target) => (target < 0 ? -1 : grouping.client[target]!));
  const first = groupOffsets(clientOf, grouping.clients);
  return {
    count: grouping.clients,
    address: grouping.address,
    attempts: countAttempts(sessions, clientOf, grouping.clients),
    firstTarget: grouping.firstTarget,
    first,
    sessions: groupRows(byTime, clientOf, first),
  };
}

function countAttempts(sessions: Sessions, groupOf: Int32Array, groups: number): Uint32Array {
  const attempts = new Uint32Array(groups);
  for (let row = 0; row < sessions.count; row++) {
    if (groupOf[row]! >= 0 && (sessions.facts[row]! & MIDSTREAM) === 0) attempts[groupOf[row]!]!++;
  }
  return attempts;
}

function spanOf({ start, end, count }: Sessions): Span {
  let from = Number.NaN;
  let to = Number.NaN;
  for (let row = 0; row < count; row++) {
    if (!(start[row]! >= from)) from = Number.isNaN(start[row]!) ? from : start[row]!;
    if (!(end[row]! <= to)) to = Number.isNaN(end[row]!) ? to : end[row]!;
  }
  return { from, to };
}
