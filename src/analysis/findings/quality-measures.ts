/** What a capture lacks, as figures: packets, directions, times without any. */
import { SECOND } from '../segment/timeline.ts';
import type { Silence } from '../session/activity.ts';
import { MIDSTREAM } from '../session/sessions.ts';
import type { DiagnosisInput } from './scene.ts';

export const QUALITY = {
  /** Above this share of packets lost, nothing that rests on absence holds. */
  maxDroppedShare: 0.001,
  /** Packets that were missed before a share is told from them. */
  minMissed: 5,
  /** Above this share of sessions of which one direction is missing: the capture sees one side only. */
  maxOneWayShare: 0.2,
  /** Below this share it is the odd packet that the capture missed. */
  fewOneWayShare: 0.01,
  minHoleSeconds: 60,
  /** A hole is longer than so many median pauses: a quiet night on a quiet link is none. */
  holePauses: 100,
  /** So many of about one length are the rhythm of the traffic. */
  minRests: 4,
} as const;

/** Spans without any segment that are too long for this capture's own rhythm. */
export function captureHoles(input: Pick<DiagnosisInput, 'activity' | 'ledger'>): Silence[] {
  const { silences, medianPauseSeconds } = input.activity;
  const least = Math.max(QUALITY.minHoleSeconds, QUALITY.holePauses * medianPauseSeconds) * SECOND;
  const holes = silences.filter((silence) => lengthOf(silence) > least);
  return holes.filter((hole) => !isRest(input.ledger, holes, hole));
}

function lengthOf({ from, to }: Silence): number {
  return to - from;
}

/**
 * Batch jobs leave a link silent between them, again and again for about as long. Where the capture was at fault instead,
 * sessions turn up behind the hole whose beginning it swallowed.
 */
function isRest({ sessions }: DiagnosisInput['ledger'], holes: readonly Silence[], hole: Silence): boolean {
  const alike = holes.filter((other) => lengthOf(other) * 2 >= lengthOf(hole) && lengthOf(other) <= lengthOf(hole) * 2);
  if (alike.length < QUALITY.minRests) return false;
  const { count, facts, start } = sessions;
  const first = alike[0]!.to;
  for (let row = 0; row < count; row++) if (facts[row]! & MIDSTREAM && start[row]! >= first) return false;
  return true;
}

/** Of all packets that passed, the share that the capture lacks: what its side counted, or what FINs show. */
export function lostShare(input: Pick<DiagnosisInput, 'captures' | 'ledger'>): number {
  return Math.max(droppedShare(input), missedShare(input));
}

export function droppedShare({ captures }: Pick<DiagnosisInput, 'captures'>): number {
  const dropped = sum(captures, (capture) => capture.dropped ?? 0);
  return dropped === 0 ? 0 : dropped / (sum(captures, (capture) => capture.packets) + dropped);
}

/**
 * A pcap file has no counter of lost packets. Of two kinds a capture shows that it misses them, FINs and SYN-ACKs that were
 * acknowledged; they are a sample of all.
 */
export function missedShare({ ledger }: Pick<DiagnosisInput, 'ledger'>): number {
  const { finsUnseen, synAcksUnseen, closed, handshakes } = ledger.sessionCounts;
  const missed = finsUnseen + synAcksUnseen;
  return missed < QUALITY.minMissed ? 0 : missed / (2 * closed + handshakes);
}

/** Capture filters that the files name, each once. */
export function captureFilters({ captures }: Pick<DiagnosisInput, 'captures'>): string[] {
  const filters = captures.flatMap(({ interfaces }) => interfaces.flatMap(({ filter }) => filter ?? []));
  return [...new Set(filters.filter((filter) => filter !== ''))];
}

export function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}
