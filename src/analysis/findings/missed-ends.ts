/**
 * Ends of sessions that a capture may lack. Whatever lost them lost beginnings, too, and these show: packets that were
 * acknowledged and never seen, and sessions that turn up without a SYN in the midst of the capture.
 */
import { targetRows } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { CLOSED, HALF_CLOSED_BY_CLIENT, MIDSTREAM, type Sessions, stateOf } from '../session/sessions.ts';
import type { Scene } from './scene.ts';

const MISSED = {
  /** Packets are lost in bursts: so many times their share is allowed for. */
  lossMargin: 10,
  /** So many times the sessions that turn up late. */
  lateMargin: 2,
  /** A session that had begun before the capture turns up by then, or when its like have ended. */
  minSeconds: 20,
} as const;

/** How many of the target's sessions may have ended unseen, `judged` of which were looked at. */
export function missedEnds(scene: Scene, target: number, judged: number): number {
  return lostEnds(scene, judged) + MISSED.lateMargin * countLate(scene, target);
}

/** How many of so many sessions may have ended in packets that the capture lost. */
export function lostEnds({ lostShare }: Scene, judged: number): number {
  return MISSED.lossMargin * lostShare * judged;
}

/** Of those that are over: what is open still may have been resting since before the capture. */
function countLate({ ledger }: Scene, target: number): number {
  const { sessions, span } = ledger;
  const { facts, start } = sessions;
  const { from, to } = targetRows(ledger, target);
  const usual = ledger.longDuration(target, 'ever');
  const earliest = span.from + Math.max(MISSED.minSeconds, Number.isNaN(usual) ? 0 : usual) * SECOND;
  let count = 0;
  for (let row = from; row < to; row++) {
    if (facts[row]! & MIDSTREAM && start[row]! > earliest && isOver(sessions, row)) count++;
  }
  return count;
}

/** CLOSED and RESET are the last of the states. A client's FIN of which nothing is seen before may be the last of two. */
export function isOver({ facts, start, closed }: Sessions, row: number): boolean {
  const state = stateOf(facts[row]!);
  return state >= CLOSED || (state === HALF_CLOSED_BY_CLIENT && closed[row]! <= start[row]!);
}
