/** What the client did in the minute before an event. */
import { SECOND } from '../segment/timeline.ts';
import { attemptsOf } from './attempts.ts';
import { heldPorts } from './held-ports.ts';
import type { PlacedEvent, Scene } from './scene.ts';
import { symptomsBetween } from './symptoms.ts';
import { plural } from './words.ts';

const MINUTE = 60 * SECOND;
/** Each costs a look at all sessions of the client. */
const EVENTS_TOLD = 10;

/** A line for each of the first events: attempts, failures, and ports taken at its time. */
export function minutesBefore(scene: Scene, client: number, events: readonly PlacedEvent[]): string[] {
  const { ledger } = scene;
  const attempts = attemptsOf(ledger, client, null);
  const { usable } = ledger.pool(client);
  return events.slice(0, EVENTS_TOLD).map(({ at, numbers }) => {
    const before = symptomsBetween(scene, attempts, at - MINUTE, at);
    const taken = heldPorts(ledger, client, null, at).localPorts.length;
    const failed = before.refused + before.unanswered;
    return `${ledger.timeline.text(at)} (${numbers.join(', ')}): ${plural(before.attempts, 'attempt')}, ${failed} failed, ${taken} of ${usable} ports taken`;
  });
}
