import type { Sessions } from '../session/sessions.ts';
import { attemptedPorts, groupedBefore, trackedBefore } from './before.ts';
import { holds } from './hold.ts';
import type { Ledger, LedgerInput, Span } from './ledger.ts';
import { groupPorts } from './ports.ts';
import { findReuses } from './reuses.ts';
import { SessionLedger } from './session-ledger.ts';

/** Costs 12 octets a session, 18 a reuse and 4 a target; 8 more a session where their times go back. */
export function buildLedger(input: LedgerInput): Ledger {
  const { sessions } = input;
  const { targets, clients } = sessions.groups;
  const before = trackedBefore(sessions) ?? groupedBefore(groupPorts(sessions), sessions.count);
  return new SessionLedger(input, {
    span: spanOf(input),
    targetOf: targetsOfRows(sessions),
    targets: { ...targets, distinctLocalPorts: attemptedPorts(sessions) },
    clients,
    reuses: findReuses(sessions),
    before,
    heldUntil: holds(sessions),
  });
}

function targetsOfRows({ count, groups: { targets } }: Sessions): Int32Array {
  const targetOf = new Int32Array(count).fill(-1, targets.first[targets.count]!);
  for (let target = 0; target < targets.count; target++) {
    targetOf.fill(target, targets.first[target]!, targets.first[target + 1]!);
  }
  return targetOf;
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
