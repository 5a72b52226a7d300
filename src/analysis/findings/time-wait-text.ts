import type { Ledger } from '../ledger/ledger.ts';
import { DOCUMENTED_TIME_WAITS } from '../ledger/time-wait.ts';
import { duration } from './words.ts';

/** What is shorter than every TIME_WAIT that is documented anywhere is none. */
const SHORTEST_DOCUMENTED = DOCUMENTED_TIME_WAITS[0];

/** How the TIME_WAIT that a client is judged by was found, as one sentence. */
export function timeWaitText(ledger: Ledger, client: number): string {
  const { timeWaitSeconds: given } = ledger.options;
  const { minGapSeconds: gap, effectiveSeconds: effective } = ledger.timeWait(client);
  if (Number.isNaN(gap)) {
    return `Judged at a TIME_WAIT of ${duration(given)}, as given: no port came back after a close by this client that would show another.`;
  }
  if (effective >= given) return `Judged at a TIME_WAIT of ${duration(given)}, as given; no port came back sooner.`;
  const shown = `a port came back ${duration(gap)} after this client had closed it`;
  if (gap >= SHORTEST_DOCUMENTED) {
    return `Judged at a TIME_WAIT of ${duration(effective)}, not the ${duration(given)} assumed: ${shown}, so its TIME_WAIT is at most that.`;
  }
  return `Judged at ${duration(effective)}, not the ${duration(given)} assumed: ${shown}, so it does not wait for TIME_WAIT.`;
}
