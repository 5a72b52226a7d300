/** What went wrong while a pool was full, as a sentence and as figures. */
import type { Symptoms } from './symptoms.ts';
import { duration, rounded } from './words.ts';

export function symptomText({
  failing,
  stopped,
  attempts,
  refused,
  unanswered,
  longestPauseSeconds,
  events,
}: Symptoms): string {
  const parts: string[] = [];
  if (stopped) parts.push(`new attempts stopped for ${duration(longestPauseSeconds)}`);
  if (failing) parts.push(`${refused + unanswered} of ${attempts} attempts failed`);
  if (events.length > 0)
    parts.push(`the host logged ${events.length === 1 ? 'an event' : `${events.length} events`} about it`);
  if (parts.length === 0)
    return 'No attempt failed or stopped meanwhile, and no event is known: the last free ports were enough.';
  return `Meanwhile ${parts.join(', and ')}.`;
}

export function symptomFigures(symptoms: Symptoms) {
  return {
    attemptsWhileFull: symptoms.attempts,
    refusedWhileFull: symptoms.refused,
    unansweredWhileFull: symptoms.unanswered,
    longestPauseSeconds: rounded(symptoms.longestPauseSeconds),
    eventsNearby: symptoms.events.length,
  };
}
