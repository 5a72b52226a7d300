/** Puts the report of the contract together from the summaries of the captures, the ledger and the diagnosis. */
import type { CaptureReport, ProcessReport, Quality, Report, Totals } from '../../contract/report.ts';
import type { CaptureSummary } from '../capture/summary.ts';
import type { Diagnosis } from '../findings/judge.ts';
import { busiestClients } from '../ledger/busiest-clients.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Timeline } from '../segment/timeline.ts';
import { clientReport, MAX_CLIENTS } from './clients.ts';
import { reportedTargets, targetReport } from './targets.ts';

/** What is known of a capture beside its octets. */
export interface CaptureOrigin {
  readonly name: string;
  readonly sha256: string | null;
  /** Size of the file as it is, compressed or not. */
  readonly bytes: number;
  readonly compression: string;
}

export interface ReportParts {
  readonly ledger: Ledger;
  readonly captures: readonly CaptureSummary[];
  /** In the order of `captures`. */
  readonly origins: readonly CaptureOrigin[];
  readonly diagnosis: Diagnosis;
  readonly processes: readonly ProcessReport[];
}

export function assembleReport({ ledger, captures, origins, diagnosis, processes }: ReportParts): Report {
  const clients = busiestClients(ledger, MAX_CLIENTS);
  const targets = reportedTargets(ledger);
  return {
    schemaVersion: 1,
    summary: diagnosis.summary,
    quality: withCut(diagnosis.quality, clients.total - clients.rows.length, targets.total - targets.rows.length),
    captures: captures.map((capture, index) => captureReport(capture, origins[index]!, ledger.timeline)),
    totals: totalsOf(ledger, captures),
    clients: clients.rows.map((client) => clientReport(ledger, client)),
    clientsTotal: clients.total,
    targets: targets.rows.map((target) => targetReport(ledger, target)),
    targetsTotal: targets.total,
    processes: [...processes],
    findings: diagnosis.findings,
  };
}

function withCut(quality: Quality, clientsLeftOut: number, targetsLeftOut: number): Quality {
  const count = clientsLeftOut + targetsLeftOut;
  if (count === 0) return quality;
  const message = `${clientsLeftOut} clients and ${targetsLeftOut} targets with fewer attempts are not listed here; totals and tables hold them`;
  return { ...quality, reasons: [...quality.reasons, { code: 'report-cut', count, message }] };
}

function captureReport(capture: CaptureSummary, origin: CaptureOrigin, timeline: Timeline): CaptureReport {
  const { error } = capture;
  return {
    name: origin.name,
    sha256: origin.sha256,
    bytes: origin.bytes,
    format: capture.format,
    compression: origin.compression,
    interfaces: capture.interfaces.map(({ linkType, snaplen, dropped }) => ({ linkType, snaplen, dropped })),
    packets: capture.packets,
    firstTimestamp: timeline.text(capture.firstTime),
    lastTimestamp: timeline.text(capture.lastTime),
    complete: capture.complete,
    error: error === null ? null : { code: error.code, message: error.message, offset: error.offset },
  };
}

function totalsOf({ sessions, sessionCounts, reuses }: Ledger, captures: readonly CaptureSummary[]): Totals {
  const sum = (count: (capture: CaptureSummary) => number) => captures.reduce((total, one) => total + count(one), 0);
  return {
    packets: sum(({ packets }) => packets),
    tcpSegments: sum(({ tcpSegments }) => tcpSegments),
    synPackets: sum(({ synPackets }) => synPackets),
    synAckPackets: sum(({ synAckPackets }) => synAckPackets),
    finPackets: sum(({ finPackets }) => finPackets),
    rstPackets: sum(({ rstPackets }) => rstPackets),
    attempts: sessions.count - sessionCounts.midstream,
    synRetransmissions: sessionCounts.synRetransmissions,
    sessions: sessions.count,
    midstreamSessions: sessionCounts.midstream,
    reuses: reuses.count,
  };
}
