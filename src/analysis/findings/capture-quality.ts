/** F0: always in the list, once. A limit of the capture is itself something the reader has to know first. */
import { DECIDES, type Judgement, judgement } from './judgement.ts';
import { CAPTURE_AGAIN } from './next-steps.ts';
import { QUALITY } from './quality.ts';
import type { Scene } from './scene.ts';
import { paragraph } from './words.ts';

const TITLES = {
  A: 'The capture limits no conclusion',
  B: 'The capture limits what can be said',
  C: 'The capture is too incomplete for conclusions from what is absent',
} as const;
const EFFECTS = {
  A: 'No packets are known to be lost, both directions are there, and it is longer than TIME_WAIT.',
  B: 'No finding is surer than medium.',
  C: 'Findings that rest on absence (leaks, lost ports, stalls, silence) are left open, the others are of low confidence.',
} as const;

/** All of them stand in the report's `quality`. */
const REASONS_IN_TEXT = 6;

export function captureQuality(scene: Scene): Judgement[] {
  const { grade, reasons } = scene.quality;
  const { span, options } = scene.ledger;
  const head = {
    code: 'capture-quality',
    verdict: grade === 'A' ? 'excluded' : 'supported',
    severity: grade === 'C' ? 'warning' : 'info',
    client: null,
    target: null,
    size: reasons.length,
    decides: DECIDES.never,
    held: 0,
  } as const;
  const entry = () => ({
    confidence: 'high' as const,
    title: `${TITLES[grade]} (grade ${grade})`,
    explanation: paragraph([EFFECTS[grade], ...reasons.slice(0, REASONS_IN_TEXT).map((reason) => reason.message)]),
    numbers: Object.fromEntries(reasons.map((reason) => [reason.code, reason.count])),
    thresholds: {
      maxDroppedShare: QUALITY.maxDroppedShare,
      maxOneWayShare: QUALITY.maxOneWayShare,
      timeWaitSeconds: options.timeWaitSeconds,
    },
    from: span.from,
    to: span.to,
    cannotConclude: grade === 'A' ? [] : ['What the missing packets would have shown.'],
    nextSteps: grade === 'A' ? [] : [CAPTURE_AGAIN],
  });
  return [judgement(scene, head, entry)];
}
