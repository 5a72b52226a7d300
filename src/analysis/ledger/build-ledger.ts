import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import { attemptedPorts, groupedBefore, trackedBefore } from './before.ts';
import { type Grouping, groupSessions } from './grouping.ts';
import { holds } from './hold.ts';
import type { Clients, Ledger, LedgerInput, Span } from './ledger.ts';
import { groupOffsets, groupRows, timeOrder } from './order.ts';
import { groupPorts } from './ports.ts';
import { findReuses } from './reuses.ts';
import { SessionLedger } from './session-ledger.ts';

/** Groups the sessions. Costs 20 octets a session and 26 a target; 4 more a session where their times go back. */
export function buildLedger(input: LedgerInput): Ledger {
  const { sessions, addresses } = input;
  const grouping = groupSessions(sessions, addresses.count);
  const byTime = timeOrder(sessions.start, sessions.count);
  const targets = targetColumns(sessions, grouping, byTime);
  const { targetOf } = grouping;
  const before =
    trackedBefore(sessions, targetOf) ?? groupedBefore(groupPorts(sessions, targets, targetOf), sessions.count);
  return new SessionLedger(input, {
    span: spanOf(input),
    targetOf,
    targets: { ...targets, distinctLocalPorts: attemptedPorts(sessions, byTime, before, targetOf, targets.count) },
    clients: clientColumns(sessions, grouping, byTime),
    reuses: findReuses(sessions, byTime),
    before,
    heldUntil: holds(sessions),
  });
}

function targetColumns(sessions: Sessions, grouping: Grouping, byTime: Uint32Array) {
  const first = groupOffsets(grouping.targetOf, grouping.targets);
  return {
    count: grouping.targets,
    client: grouping.client,
    remote: grouping.remote,
    remotePort: grouping.remotePort,
    attempts: countAttempts(sessions, grouping.targetOf, grouping.targets),
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

/** The given span, or that of the sessions; NaN where no packet has a time. */
function spanOf({ span, sessions }: LedgerInput): Span {
  const { from, to } = span ?? sessionSpan(sessions);
  return from <= to ? { from, to } : { from: Number.NaN, to: Number.NaN };
}

function sessionSpan({ start, end, count }: Sessions): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    if (start[row]! < from) from = start[row]!;
    if (end[row]! > to) to = end[row]!;
  }
  return { from, to };
}
