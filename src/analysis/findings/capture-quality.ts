/**
 * `capture-quality`: always in the list, once. A limit of the capture is itself something the reader has to know first.
 */
import type { QualityReason } from '../../contract/report.ts';
import { DECIDES, type Entry, type Judgement, judgement } from './judgement.ts';
import { CAPTURE_AGAIN } from './next-steps.ts';
import { QUALITY } from './quality-measures.ts';
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

/** Reasons that lower the grade as packets are missing. */
const LACKING = [
  'packets-dropped',
  'packets-missed',
  'one-direction',
  'capture-cut',
  'flags-only',
  'syn-only',
  'no-tcp',
  'capture-hole',
];

/** Reasons that lower the grade though no packet is missing between the first and the last. */
const WHOLE: Readonly<Record<string, string>> = {
  'short-span': 'What came before and after the capture: it is shorter than one TIME_WAIT.',
  'no-times': 'How long anything lasted.',
};

export function captureQuality(scene: Scene): Judgement[] {
  const { grade, reasons } = scene.quality;
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
  return [judgement(scene, head, () => entryOf(scene))];
}

function entryOf({ quality, ledger }: Scene): Entry {
  const { grade, reasons } = quality;
  return {
    confidence: 'high',
    title: `${TITLES[grade]} (grade ${grade})`,
    explanation: paragraph([EFFECTS[grade], ...reasons.slice(0, REASONS_IN_TEXT).map((reason) => reason.message)]),
    numbers: countsOf(reasons),
    thresholds: {
      maxDroppedShare: QUALITY.maxDroppedShare,
      maxOneWayShare: QUALITY.maxOneWayShare,
      timeWaitSeconds: ledger.options.timeWaitSeconds,
    },
    from: ledger.span.from,
    to: ledger.span.to,
    cannotConclude: grade === 'A' ? [] : limitsOf(reasons),
    nextSteps: grade === 'A' ? [] : [CAPTURE_AGAIN],
  };
}

function limitsOf(reasons: readonly QualityReason[]): string[] {
  const limits = Object.entries(WHOLE).flatMap(([code, limit]) => (has(reasons, code) ? [limit] : []));
  return has(reasons, ...LACKING) ? ['What the missing packets would have shown.', ...limits] : limits;
}

function has(reasons: readonly QualityReason[], ...codes: readonly string[]): boolean {
  return reasons.some(({ code }) => codes.includes(code));
}

/** By code; of evidence that cannot be read there is a reason a line. */
function countsOf(reasons: readonly QualityReason[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, count } of reasons) counts[code] = (counts[code] ?? 0) + count;
  return counts;
}
