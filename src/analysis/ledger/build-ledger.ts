import type { Sessions } from '../session/sessions.ts';
import { groupedBefore, trackedBefore } from './before.ts';
import { portsOfTargets } from './distinct-ports.ts';
import { holds } from './hold.ts';
import type { Ledger, LedgerInput, Span } from './ledger.ts';
import { groupPorts } from './ports.ts';
import { findReuses } from './reuses.ts';
import { countSessions, unendedRows } from './session-counts.ts';
import { SessionLedger } from './session-ledger.ts';

/** Keeps 9 octets a session, 13 a reuse and 8 a target; 4 more a session that has not ended, and where times go back. */
export function buildLedger(input: LedgerInput): Ledger {
  const { sessions } = input;
  const { targetOf, targets, clients } = sessions.groups;
  const sessionCounts = countSessions(sessions);
  const before = trackedBefore(sessions) ?? groupedBefore(groupPorts(sessions), sessions.count);
  return new SessionLedger(input, {
    span: spanOf(input),
    targetOf,
    targets: { ...targets, distinctLocalPorts: portsOfTargets(sessions) },
    clients,
    reuses: findReuses(sessions),
    before,
    heldUntil: holds(sessions),
    sessionCounts,
    unended: unendedRows(sessions, sessionCounts),
  });
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
