/** How far the capture can be trusted, and why. */
import type { Quality, QualityReason } from '../../contract/report.ts';
import type { Ledger, Pool } from '../ledger/ledger.ts';
import { repeatsIsn } from '../ledger/reuses.ts';
import type { Oddity } from '../packet/oddities.ts';
import { SECOND } from '../segment/timeline.ts';
import { captureFilters, captureHoles, droppedShare, missedShare, QUALITY, sum } from './quality-measures.ts';
import { type DiagnosisInput, reportedClients } from './scene.ts';
import { holdsSynsAlone } from './syns-alone.ts';
import { duration, percent, plural } from './words.ts';

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
  const { finsUnseen, synAcksUnseen } = ledger.sessionCounts;
  const atBest = share > QUALITY.maxDroppedShare ? 'C' : 'B';
  const message = `${plural(finsUnseen, 'FIN')} and ${plural(synAcksUnseen, 'SYN-ACK')} were acknowledged that are not in the capture: it misses about ${percent(share)} of the packets.`;
  return [{ code: 'packets-missed', count: finsUnseen + synAcksUnseen, message, atBest }];
}

function sideReasons({ ledger }: DiagnosisInput): Weighed[] {
  const { count } = ledger.sessions;
  const { oneWay } = ledger.sessionCounts;
  if (oneWay === 0) return [];
  const share = oneWay / count;
  const atBest = share > QUALITY.maxOneWayShare ? 'C' : share > QUALITY.fewOneWayShare ? 'B' : 'A';
  const message = `Of ${oneWay} of ${plural(count, 'session')} (${percent(share)}) the capture holds one direction only.`;
  return [{ code: 'one-direction', count: oneWay, message, atBest }];
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
    const message = `The capture spans ${Number(seconds.toFixed(3))} s, less than the TIME_WAIT of ${options.timeWaitSeconds} s.`;
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
  const { midstream, unknown } = ledger.sessionCounts;
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
  const repeated = countRepeatedIsns(ledger);
  if (repeated > 0) {
    const message = `${plural(repeated, 'attempt')} with the ISN of a session that was over already: as where captures of two places are joined whose clocks differ, so that all counts twice.`;
    reasons.push({ code: 'isn-repeated', count: repeated, message, atBest: 'A' });
  }
  const unfit = ledger.options.portRange === null ? 0 : countPools(ledger, ({ source }) => source !== 'given');
  if (unfit > 0) {
    const message = `Of ${plural(unfit, 'client')} most ports lie outside the given range: one of its own was taken.`;
    reasons.push({ code: 'port-range-unfit', count: unfit, message, atBest: 'A' });
  }
  const weak = countPools(ledger, (pool) => pool.weak);
  if (weak > 0) {
    const message = `Of ${plural(weak, 'client')} the ephemeral port range is not known; --port-range FIRST-LAST gives it.`;
    reasons.push({ code: 'pool-unknown', count: weak, message, atBest: 'A' });
  }
  return reasons;
}

function countRepeatedIsns({ sessions, reuses }: DiagnosisInput['ledger']): number {
  let count = 0;
  for (const row of reuses.session) if (repeatsIsn(sessions, row)) count++;
  return count;
}

function countPools(ledger: Ledger, is: (pool: Pool) => boolean): number {
  return reportedClients(ledger).filter((client) => is(ledger.pool(client))).length;
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
    message: `${file}, line ${line}: ${reason}.`,
    file,
    line,
    reason,
    atBest: 'A' as const,
  }));
}
