/** A host that goes on under another address. */
import type { Ledger } from '../ledger/ledger.ts';
import { targetRows } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { MIDSTREAM } from '../session/sessions.ts';
import { TOGETHER_SECONDS } from './shared-silences.ts';
import type { StreamSilence } from './silence.ts';

/** Of the attempts that were to be expected in the silence, the share that must come from addresses that were new. */
const TAKEN_OVER_SHARE = 0.5;

/**
 * Whether clients that were not there before make the attempts of the silence instead: the host may have another address
 * from then on, as a temporary one of IPv6 (RFC 8981) that was renewed, a lease, a failover. Its sessions of before go on
 * under the old one.
 */
export function isTakenOver(ledger: Ledger, target: number, { from, to, expected }: StreamSilence): boolean {
  const needed = TAKEN_OVER_SHARE * expected;
  let attempts = 0;
  for (const other of ledger.sameRemote(target)) {
    if (attempts >= needed) break;
    const begin = ledger.sessions.start[ledger.targets.first[other]!]!;
    if (begin >= from - TOGETHER_SECONDS * SECOND && begin < to) attempts += attemptsBetween(ledger, other, from, to);
  }
  return attempts >= needed;
}

function attemptsBetween(ledger: Ledger, target: number, from: number, to: number): number {
  const { facts, start } = ledger.sessions;
  const rows = targetRows(ledger, target);
  let count = 0;
  for (let row = rows.from; row < rows.to && start[row]! < to; row++) {
    if (start[row]! >= from && (facts[row]! & MIDSTREAM) === 0) count++;
  }
  return count;
}
