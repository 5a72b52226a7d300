/** How far the capture can be trusted, and why (DOMAIN 3 and 4.1, F0). */
import type { Quality, QualityReason } from '../../contract/report.ts';
import type { Oddity } from '../packet/oddities.ts';
import type { Silence } from '../session/activity.ts';
import {
  CLIENT_KNOWN,
  CLOSED,
  DIRECTION_MISSING,
  ESTABLISHED,
  FIN_UNSEEN,
  MIDSTREAM,
  type Sessions,
  SYN_ACK_UNSEEN,
  stateOf,
} from '../session/sessions.ts';
import type { DiagnosisInput } from './scene.ts';
import { holdsSynsAlone } from './syns-alone.ts';
import { duration, percent, plural } from './words.ts';

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

const SECOND = 1e9;

type Grade = Quality['grade'];
/** A reason with the best grade that it leaves; the worst come first in the report. */
interface Weighed extends QualityReason {
  readonly atBest: Grade;
}

export function assessQuality(input: DiagnosisInput): Quality {
  const weighed = [
    ...dropReasons(input),
    ...missedReasons(input),
    ...sideReasons(input),
    ...fileReasons(input),
    ...timeReasons(input),
    ...sessionReasons(input),
    ...oddityReasons(input),
    ...evidenceReasons(input),
  ];
  // Letters alone: the first localeCompare of a process takes 5 ms.
  weighed.sort((one, other) => other.atBest.charCodeAt(0) - one.atBest.charCodeAt(0));
  const grade = weighed[0]?.atBest ?? 'A';
  return { grade, reasons: weighed.map(({ atBest: _, ...reason }) => reason) };
}

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

function droppedShare({ captures }: Pick<DiagnosisInput, 'captures'>): number {
  const dropped = sum(captures, (capture) => capture.dropped ?? 0);
  return dropped === 0 ? 0 : dropped / (sum(captures, (capture) => capture.packets) + dropped);
}

/**
 * A pcap file has no counter of lost packets. Of two kinds a capture shows that it misses them, FINs and SYN-ACKs that were
 * acknowledged; they are a sample of all.
 */
function missedShare({ ledger }: Pick<DiagnosisInput, 'ledger'>): number {
  const { finsUnseen, synAcksUnseen, closed, handshakes } = countFacts(ledger.sessions);
  const missed = finsUnseen + synAcksUnseen;
  return missed < QUALITY.minMissed ? 0 : missed / (2 * closed + handshakes);
}

function dropReasons({ captures }: DiagnosisInput): Weighed[] {
  const dropped = sum(captures, (capture) => capture.dropped ?? 0);
  if (dropped === 0) return [];
  const packets = sum(captures, (capture) => capture.packets);
  const share = droppedShare({ captures });
  const atBest = share > QUALITY.maxDroppedShare ? 'C' : 'B';
  const message = `The capturing side lost ${plural(dropped, 'packet')} beside the ${packets} it kept (${percent(share)}).`;
  return [{ code: 'packets-dropped', count: dropped, message, atBest }];
}

function missedReasons({ ledger }: DiagnosisInput): Weighed[] {
  const share = missedShare({ ledger });
  if (share === 0) return [];
  const { finsUnseen, synAcksUnseen } = countFacts(ledger.sessions);
  const atBest = share > QUALITY.maxDroppedShare ? 'C' : 'B';
  const message = `${plural(finsUnseen, 'FIN')} and ${plural(synAcksUnseen, 'SYN-ACK')} were acknowledged that are not in the capture: it misses about ${percent(share)} of the packets.`;
  return [{ code: 'packets-missed', count: finsUnseen + synAcksUnseen, message, atBest }];
}

function sideReasons({ ledger }: DiagnosisInput): Weighed[] {
  const { count } = ledger.sessions;
  const { oneWay } = countFacts(ledger.sessions);
  if (oneWay === 0) return [];
  const share = oneWay / count;
  const atBest = share > QUALITY.maxOneWayShare ? 'C' : share > QUALITY.fewOneWayShare ? 'B' : 'A';
  const message = `Of ${oneWay} of ${plural(count, 'session')} (${percent(share)}) the capture holds one direction only.`;
  return [{ code: 'one-direction', count: oneWay, message, atBest }];
}

/** Capture filters that the files name, each once. */
export function captureFilters({ captures }: Pick<DiagnosisInput, 'captures'>): string[] {
  const filters = captures.flatMap(({ interfaces }) => interfaces.flatMap(({ filter }) => filter ?? []));
  return [...new Set(filters.filter((filter) => filter !== ''))];
}

function fileReasons(input: DiagnosisInput): Weighed[] {
  const { captures, flagsOnly } = input;
  const reasons: Weighed[] = [];
  const cut = captures.filter((capture) => !capture.complete);
  if (cut.length > 0) {
    const message = `${plural(cut.length, 'file')} could not be read to the end; what lies behind the break is not judged.`;
    reasons.push({ code: 'capture-cut', count: cut.length, message, atBest: 'B' });
  }
  if (flagsOnly) {
    const message = 'Only SYN, FIN and RST packets are in the capture: acknowledgments and payload cannot be seen.';
    reasons.push({ code: 'flags-only', count: 1, message, atBest: 'B' });
  }
  if (holdsSynsAlone(input)) {
    const message = 'Only SYN packets are in the capture, and few were sent again: the answers were left out of it.';
    reasons.push({ code: 'syn-only', count: 1, message, atBest: 'C' });
  }
  const filters = captureFilters({ captures });
  if (filters.length > 0) {
    const message = `Captured with a filter (${filters.join('; ').slice(0, 200)}): what it left out is not judged.`;
    reasons.push({ code: 'capture-filter', count: filters.length, message, atBest: 'A' });
  }
  if (captures.every((capture) => capture.tcpSegments === 0)) {
    const message = 'No TCP segment is in the capture.';
    reasons.push({ code: 'no-tcp', count: 1, message, atBest: 'C' });
  }
  return reasons;
}

function timeReasons(input: DiagnosisInput): Weighed[] {
  const { span, options } = input.ledger;
  if (input.captures.every((capture) => capture.tcpSegments === 0)) return [];
  if (!Number.isFinite(span.to - span.from)) {
    const message = 'The packets carry no time: gaps, durations and rates cannot be told.';
    return [{ code: 'no-times', count: 1, message, atBest: 'C' }];
  }
  const reasons: Weighed[] = [];
  const seconds = (span.to - span.from) / SECOND;
  if (seconds < options.timeWaitSeconds) {
    const message = `The capture spans ${duration(seconds)}, less than the TIME_WAIT of ${options.timeWaitSeconds} s.`;
    reasons.push({ code: 'short-span', count: 1, message, atBest: 'B' });
  }
  const holes = captureHoles(input);
  if (holes.length > 0) {
    const longest = Math.max(...holes.map((hole) => hole.to - hole.from)) / SECOND;
    const message = `${plural(holes.length, 'hole')} in the capture, the longest of ${duration(longest)}, in which no host sent anything.`;
    reasons.push({ code: 'capture-hole', count: holes.length, message, atBest: 'B' });
  }
  return reasons;
}

function sessionReasons({ ledger, duplicates }: DiagnosisInput): Weighed[] {
  const reasons: Weighed[] = [];
  const { midstream, unknown } = countFacts(ledger.sessions);
  if (midstream > 0) {
    const message = `${plural(midstream, 'session')} had begun before the capture did.`;
    reasons.push({ code: 'midstream-sessions', count: midstream, message, atBest: 'A' });
  }
  if (unknown > 0) {
    const message = `Of ${plural(unknown, 'session')} it cannot be told which end is the client; --client ADDRESS names it.`;
    reasons.push({ code: 'client-unknown', count: unknown, message, atBest: 'A' });
  }
  if (duplicates > 0) {
    const message = `${plural(duplicates, 'packet')} captured twice, counted once.`;
    reasons.push({ code: 'duplicates-collapsed', count: duplicates, message, atBest: 'A' });
  }
  const weak = weakPools(ledger);
  if (weak > 0) {
    const message = `Of ${plural(weak, 'client')} the ephemeral port range is not known; --port-range FIRST-LAST gives it.`;
    reasons.push({ code: 'pool-unknown', count: weak, message, atBest: 'A' });
  }
  return reasons;
}

function weakPools(ledger: DiagnosisInput['ledger']): number {
  let weak = 0;
  for (let client = 0; client < ledger.clients.count; client++) {
    if (ledger.isReported(client) && ledger.pool(client).weak) weak++;
  }
  return weak;
}

const ODDITY_TEXT: Partial<Record<Oddity, string>> = {
  'link-type-unsupported': 'of a link type that is not read',
  'tcp-header-cut': 'cut before the TCP flags: not counted',
  'tcp-header-invalid': 'with an impossible TCP header: not counted',
  'ip-header-cut': 'cut before the end of the IP header: not counted',
  'ip-header-invalid': 'with an impossible IP header: not counted',
  'link-header-cut': 'cut before the end of the link header: not counted',
  'tunnel-header-cut': 'cut inside the header of a tunnel: not counted',
  'nested-too-deep': 'with more headers in one another than are read: not counted',
  encrypted: 'encrypted by 802.11: not counted',
  'ip-fragment': 'continuing a fragmented one: without ports, not counted',
  'ip-length-zero': 'without an IP length, as segmentation by the network card leaves it: the frame length was taken',
  'captured-beyond-wire': "with more octets captured than on the wire, by the record's own account",
  'time-backwards': 'with an earlier time than the packet before',
  'clock-step': 'more than a second earlier than the packet before, as when a clock is set',
  'time-fraction-invalid': 'with a fraction of a whole second or more in the time',
  'time-missing': 'without a time',
  'time-out-of-range': 'with a time before 1970 or beyond 9999',
};

function oddityReasons({ captures }: DiagnosisInput): Weighed[] {
  const reasons: Weighed[] = [];
  for (const [code, text] of Object.entries(ODDITY_TEXT)) {
    const count = sum(captures, (capture) => capture.oddities[code as Oddity] ?? 0);
    if (count > 0) reasons.push({ code, count, message: `${plural(count, 'packet')} ${text}.`, atBest: 'A' });
  }
  return reasons;
}

function evidenceReasons({ evidence }: DiagnosisInput): Weighed[] {
  return evidence.unreadable.map(({ file, line, reason }) => ({
    code: 'evidence-unreadable',
    count: 1,
    message: `${file}, line ${line}: ${reason}`,
    file,
    line,
    reason,
    atBest: 'A' as const,
  }));
}

/** How many sessions show what, in one pass over all. */
function countFacts({ facts, count }: Sessions) {
  const counts = { midstream: 0, unknown: 0, oneWay: 0, finsUnseen: 0, synAcksUnseen: 0, closed: 0, handshakes: 0 };
  for (let row = 0; row < count; row++) {
    const fact = facts[row]!;
    if (fact & MIDSTREAM) counts.midstream++;
    else if (fact & ESTABLISHED) counts.handshakes++;
    if ((fact & CLIENT_KNOWN) === 0) counts.unknown++;
    if (fact & DIRECTION_MISSING) counts.oneWay++;
    if (fact & FIN_UNSEEN) counts.finsUnseen++;
    if (fact & SYN_ACK_UNSEEN) counts.synAcksUnseen++;
    if (stateOf(fact) === CLOSED) counts.closed++;
  }
  return counts;
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}
