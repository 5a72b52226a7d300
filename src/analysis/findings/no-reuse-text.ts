/** The words of `reuse-in-time-wait`: no port was used again too soon, or it cannot be told. */
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { CAPTURE_AGAIN, COUNT_BY_PROCESS, TIME_WAIT_ASSUMED } from './next-steps.ts';
import { gapsByAnswer, smallestGap } from './reuse-gaps.ts';
import { EVENT_UNSEEN, reuseThresholds } from './reuse-in-time-wait-text.ts';
import type { ReuseTally } from './reuse-tally.ts';
import { clientText, firstFrameOf, localPortsOf, type Scene } from './scene.ts';
import { timeWaitText } from './time-wait-text.ts';
import { duration, fitting, plural, rounded } from './words.ts';

export function noReuseText(scene: Scene, client: number, tallies: readonly ReuseTally[]): Entry {
  const rows = reusingRows(scene, tallies);
  const smallest = smallestGap(scene.ledger, rows);
  return {
    confidence: 'high',
    title: `${clientText(scene, client)} used no local port again too soon`,
    explanation:
      `${harmlessText(rows.length, smallest)} A single one would have been seen. ${rows.length === 0 ? '' : timeWaitText(scene.ledger, client)}`.trim(),
    numbers: {
      reuses: rows.length,
      minGapSeconds: rounded(smallest),
      gapsByAnswer: gapsByAnswer(
        scene.ledger,
        tallies.map((tally) => tally.all),
      ),
      smallestEffectReuses: 1,
    },
    thresholds: reuseThresholds(scene),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: [EVENT_UNSEEN],
    nextSteps: shownShorter(scene, client) ? [TIME_WAIT_ASSUMED] : [],
  };
}

function harmlessText(reuses: number, smallest: number): string {
  const known = !Number.isNaN(smallest);
  if (reuses === 0) return 'No local port was used twice towards the same remote.';
  if (reuses === 1) {
    return known
      ? `1 reuse, ${duration(smallest)} after the close: it fell into no TIME_WAIT, and was not challenged.`
      : '1 reuse, not after a close that leaves a TIME_WAIT; it was not challenged.';
  }
  const after = known
    ? `the shortest ${duration(smallest)} after the close: none fell into a TIME_WAIT`
    : 'none after a close that leaves a TIME_WAIT';
  return `${reuses} reuses, ${after}, none was challenged.`;
}

export function unclearReuseText(scene: Scene, client: number, tallies: readonly ReuseTally[]): Entry {
  const rows = reusingRows(scene, tallies);
  const overOpen = tallies.reduce((sum, tally) => sum + tally.overOpen.length, 0);
  return {
    confidence: 'low',
    title: `Whether ${clientText(scene, client)} used local ports again too soon is open`,
    explanation:
      overOpen > 0
        ? `${overOpen} of ${plural(rows.length, 'reuse')} came over a session whose close is not in the capture, and the remote made no objection: either the client lost that session, or the capture lost its end.`
        : `${plural(rows.length, 'reuse')} ${fitting(rows.length, 'was', 'were')} seen, in a capture that is too incomplete to tell who had closed before and how.`,
    numbers: {
      reuses: rows.length,
      overOpenSession: overOpen,
      gapsByAnswer: gapsByAnswer(
        scene.ledger,
        tallies.map((tally) => tally.all),
      ),
    },
    thresholds: reuseThresholds(scene),
    localPorts: localPortsOf(scene.ledger, rows),
    frames: rows.slice(0, MAX_FRAMES).map((row) => firstFrameOf(scene.ledger, row)),
    cannotConclude: [EVENT_UNSEEN],
    nextSteps: [COUNT_BY_PROCESS, CAPTURE_AGAIN],
  };
}

/** The sessions that these reuses are. */
function reusingRows({ ledger }: Scene, tallies: readonly ReuseTally[]): number[] {
  return tallies.flatMap(({ all }) => [...ledger.reuses.session.subarray(all.from, all.to)]);
}

function shownShorter({ ledger }: Scene, client: number): boolean {
  return ledger.timeWait(client).effectiveSeconds < ledger.options.timeWaitSeconds;
}
