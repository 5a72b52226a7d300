/** Captures of SYNs alone: a filter that is set to count them, and that leaves every attempt without its answer. */
import { SECOND } from '../segment/timeline.ts';
import { synCopiesOf } from '../session/sessions.ts';
import type { DiagnosisInput } from './scene.ts';

const SYNS_ALONE = {
  /** Below that, attempts may all have failed and been given up at once. */
  minAttempts: 20,
  /** Every system sends an unanswered SYN again by then: after 3 s at the latest. */
  repeatedAfterSeconds: 4,
  /** Attempts that really got no answer are sent again; where few are, the others had theirs. */
  maxRepeatedShare: 0.5,
} as const;

/**
 * Whether the capture holds nothing but SYNs, though the clients had answers: it says which ports were drawn, and nothing
 * of what became of an attempt.
 */
export function holdsSynsAlone({ captures, ledger }: Pick<DiagnosisInput, 'captures' | 'ledger'>): boolean {
  if (captures.some(({ packets, synPackets }) => packets !== synPackets)) return false;
  const { count, start, facts, synPackets } = ledger.sessions;
  const last = ledger.span.to - SYNS_ALONE.repeatedAfterSeconds * SECOND;
  let [old, repeated] = [0, 0];
  for (let row = 0; row < count; row++) {
    if (!(start[row]! <= last)) continue;
    old++;
    if (synPackets[row]! - synCopiesOf(facts[row]!) > 1) repeated++;
  }
  return old >= SYNS_ALONE.minAttempts && repeated < SYNS_ALONE.maxRepeatedShare * old;
}
