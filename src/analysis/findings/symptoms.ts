/** What went wrong around a moment: failed attempts, attempts that stopped, and events that the host logged. */
import { SECOND } from '../segment/timeline.ts';
import { type Attempts, countBetween, isRefused, isUnanswered, rowsBetween } from './attempts.ts';
import { TCP_PORT_EVENTS } from './events.ts';
import type { PlacedEvent, Scene } from './scene.ts';

const MINUTE = 60 * SECOND;

const SYMPTOMS = {
  minFailed: 5,
  minFailedShare: 0.1,
  /** Attempts that a pause must have swallowed, at the rate of the minute before. */
  minMissing: 10,
} as const;

export interface Symptoms {
  readonly attempts: number;
  readonly refused: number;
  readonly unanswered: number;
  readonly failing: boolean;
  /** Longest pause between attempts, in seconds, and whether it swallowed as many as make a symptom. */
  readonly longestPauseSeconds: number;
  readonly stopped: boolean;
  readonly events: readonly PlacedEvent[];
}

export function symptomsBetween(scene: Scene, attempts: Attempts, from: number, to: number): Symptoms {
  const { ledger } = scene;
  const rows = rowsBetween(attempts, from, to);
  let refused = 0;
  let unanswered = 0;
  for (const row of rows) {
    if (isRefused(ledger, row)) refused++;
    else if (isUnanswered(ledger, row)) unanswered++;
  }
  const failed = refused + unanswered;
  const longestPause = longestPauseIn(attempts, from, to);
  return {
    attempts: rows.length,
    refused,
    unanswered,
    failing: failed >= SYMPTOMS.minFailed && failed >= SYMPTOMS.minFailedShare * rows.length,
    longestPauseSeconds: longestPause / SECOND,
    stopped: (longestPause / SECOND) * rateBefore(attempts, from) >= SYMPTOMS.minMissing,
    events: eventsBetween(scene, from - MINUTE, to + MINUTE),
  };
}

/** Events that tell of TCP ports, in [from, to]. */
export function eventsBetween(scene: Scene, from: number, to: number): PlacedEvent[] {
  return scene.events.filter(
    ({ at, numbers }) => at >= from && at <= to && numbers.some((number) => TCP_PORT_EVENTS.includes(number)),
  );
}

function longestPauseIn({ starts }: Attempts, from: number, to: number): number {
  let longest = 0;
  let before = from;
  for (const start of starts) {
    if (start < from) continue;
    if (start >= to) break;
    longest = Math.max(longest, start - before);
    before = start;
  }
  return Math.max(longest, to - before);
}

/** Attempts a second in the minute before, or since the first of them when that is later. */
export function rateBefore(attempts: Attempts, at: number): number {
  const from = Math.max(at - MINUTE, attempts.starts[0] ?? at);
  const seconds = (at - from) / SECOND;
  return seconds <= 0 ? 0 : countBetween(attempts, from, at) / seconds;
}
