/** What a finding's rule decides, and how it becomes an entry of the report. */
import type { EvidenceLine, Figures, Finding, FindingCode, FrameReference } from '../../contract/report.ts';
import { clientText, endpointText, remoteOf, type Scene } from './scene.ts';

export type Confidence = Finding['confidence'];
export type Severity = Finding['severity'];

/**
 * Place in the order in which supported findings decide the whole (docs/findings.md). One rule may decide at different
 * places, as its size or its consequences have it.
 */
export const DECIDES = {
  portExhaustion: 3,
  largeLeak: 4,
  lostPorts: 5,
  stalledHost: 6,
  netstat: 7,
  harmfulReuse: 8,
  stalledRemote: 9,
  blindSpot: 10,
  smallLeak: 11,
  failedAttempts: 12,
  never: 99,
} as const;

export interface Judgement {
  readonly code: FindingCode;
  readonly verdict: Finding['verdict'];
  readonly severity: Severity;
  /** Row in `ClientGroups`, null where it concerns no single client. */
  readonly client: number | null;
  /** Row in `Targets`, null where it is host-wide. */
  readonly target: number | null;
  /** What the finding counts (ports, sessions, attempts): the larger comes first. */
  readonly size: number;
  /** One of `DECIDES`. */
  readonly decides: number;
  /**
   * Ports that open and half-closed sessions hold: those of `port-exhaustion` at its peak, a leak's own. 0 for the
   * other findings.
   */
  readonly held: number;
  /** Writes the entry. Texts are made only for what stays in the list: a flood has more judgements than readers. */
  write(): Finding;
}

/** The texts and figures of an entry; what is left out is empty. */
export interface Entry {
  readonly confidence: Confidence;
  readonly title: string;
  readonly explanation: string;
  readonly numbers?: Figures;
  readonly thresholds?: Figures;
  readonly localPorts?: readonly number[];
  readonly frames?: readonly FrameReference[];
  readonly lines?: readonly EvidenceLine[];
  /** In ns of the timeline. */
  readonly from?: number;
  readonly to?: number;
  readonly displayFilter?: string | null;
  readonly cannotConclude?: readonly string[];
  readonly nextSteps?: readonly string[];
}

/** A list of ports or frames in an entry is read by people: it is cut here, and the total stands beside it. */
const MAX_PORTS = 1000;
export const MAX_FRAMES = 20;

type Head = Omit<Judgement, 'write'>;

/** The head of what was looked for and not found: it never decides. */
export function absence(
  code: FindingCode,
  verdict: 'excluded' | 'inconclusive',
  client: number | null,
  size: number,
): Head {
  return { code, verdict, severity: 'info', client, target: null, size, decides: DECIDES.never, held: 0 };
}

/** A judgement whose entry is written when it is asked for. */
export function judgement(scene: Scene, head: Head, entry: () => Entry): Judgement {
  const { code, verdict, severity, client, target, size, decides, held } = head;
  // Field by field: spreading the head takes longer than most rules do.
  const write = () => toFinding(scene, head, entry());
  return { code, verdict, severity, client, target, size, decides, held, write };
}

function toFinding(scene: Scene, head: Head, entry: Entry): Finding {
  const { timeline } = scene.ledger;
  // Several sessions can have had one port.
  const localPorts = [...new Set(entry.localPorts)];
  return {
    code: head.code,
    verdict: head.verdict,
    severity: head.severity,
    confidence: atMostGrade(scene, entry.confidence),
    client: head.client === null ? null : clientText(scene, head.client),
    remote: head.target === null ? null : endpointText(remoteOf(scene, head.target)),
    title: entry.title,
    explanation: entry.explanation,
    evidence: {
      numbers: entry.numbers ?? {},
      thresholds: entry.thresholds ?? {},
      localPorts: localPorts.slice(0, MAX_PORTS),
      localPortsTotal: localPorts.length,
      frames: (entry.frames ?? []).slice(0, MAX_FRAMES),
      ...(entry.lines === undefined ? {} : { lines: entry.lines.slice(0, MAX_FRAMES) }),
      from: timeline.text(knownTime(entry.from)),
      to: timeline.text(knownTime(entry.to)),
    },
    displayFilter: entry.displayFilter ?? null,
    cannotConclude: [...(entry.cannotConclude ?? [])],
    nextSteps: [...(entry.nextSteps ?? [])],
  };
}

/** A capture without times has an infinite span. */
function knownTime(time: number | undefined): number {
  return time !== undefined && Number.isFinite(time) ? time : Number.NaN;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];
const BEST_OF_GRADE: Record<'A' | 'B' | 'C', Confidence> = { A: 'high', B: 'medium', C: 'low' };

/** No finding is surer than the capture it rests on. */
function atMostGrade(scene: Scene, confidence: Confidence): Confidence {
  const best = BEST_OF_GRADE[scene.quality.grade];
  return CONFIDENCES.indexOf(confidence) < CONFIDENCES.indexOf(best) ? confidence : best;
}
