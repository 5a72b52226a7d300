/** What the diagnosis is handed, from a few words about sessions, captures and evidence. */
import type { CaptureSummary } from '../../../src/analysis/capture/summary.ts';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import type { DiagnosisInput } from '../../../src/analysis/findings/scene.ts';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import { attributeProcesses } from '../../../src/analysis/processes/attribution.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import type { Activity, Silence } from '../../../src/analysis/session/activity.ts';
import { outcomeOf, REMOTE_SEEN } from '../../../src/analysis/session/sessions.ts';
import type { EvidenceFacts, LoggedEvent, SocketRow, SocketSnapshot } from '../../../src/contract/evidence.ts';
import { emptyFacts } from '../../../src/contract/evidence.ts';
import type { Finding, FindingCode, Summary } from '../../../src/contract/report.ts';
import { BASE_SECONDS, buildSessions, type SessionSpec } from '../session-builder.ts';

export interface CaseSpec {
  sessions: readonly SessionSpec[];
  /** Seconds after the base: the capture begins at 0 and ends here. 600. */
  end?: number;
  options?: Partial<LedgerOptions>;
  capture?: Partial<CaptureSummary>;
  evidence?: Partial<EvidenceFacts>;
  flagsOnly?: boolean;
  duplicates?: number;
  /** Spans in seconds in which nobody sent anything. */
  silences?: readonly (readonly [number, number])[];
  /** No packet of a remote is in the capture in sessions that were never answered. */
  remoteSilent?: boolean;
  /** Spans in seconds in which no host was alive; in all others every host was. */
  dead?: readonly (readonly [number, number])[];
}

const SECOND = 1e9;
export const CLIENT = '10.1.1.10';
export const REMOTE = '10.2.0.1:3200';

export function caseOf(spec: CaseSpec): DiagnosisInput {
  const end = spec.end ?? 600;
  const { sessions, addresses, timeline } = buildSessions(spec.sessions);
  if (spec.remoteSilent) silence(sessions.facts);
  const options = { ...DEFAULT_LEDGER_OPTIONS, portRange: { first: 49152, last: 65535 }, ...spec.options };
  const ledger = buildLedger({ sessions, addresses, timeline, options, span: { from: 0, to: end * SECOND } });
  const captures = [captureOf(end, spec.capture)];
  const evidence = { ...emptyFacts(), ...spec.evidence };
  return {
    ledger,
    activity: activityOf(spec),
    captures,
    flagsOnly: spec.flagsOnly ?? false,
    duplicates: spec.duplicates ?? 0,
    evidence,
    owners: attributeProcesses({ ledger, captures, named: new NamedProcesses(), evidence }).owners,
  };
}

/** Attempts at `remote`, one each `every` seconds from a port of its own, each closed at once. */
export function steady(remote: string, from: number, to: number, every = 1): SessionSpec[] {
  const count = Math.round((to - from) / every);
  return Array.from({ length: count }, (_, i) => ({
    remote,
    localPort: 50_000 + (i % 10_000),
    start: from + i * every,
    closed: from + i * every + 0.1,
  }));
}

/** The findings of one code, and the summary. */
export function judge(spec: CaseSpec, code: FindingCode): { findings: Finding[]; summary: Summary } {
  const { findings, summary } = diagnose(caseOf(spec));
  return { findings: findings.filter((finding) => finding.code === code), summary };
}

/** The one finding of this code; fails where there are several. */
export function theFinding(spec: CaseSpec, code: FindingCode): Finding {
  const { findings } = judge(spec, code);
  if (findings.length !== 1) throw new Error(`${findings.length} findings ${code}`);
  return findings[0]!;
}

export function at(seconds: number): bigint {
  return BigInt(Math.round((BASE_SECONDS + seconds) * 1e3)) * 1_000_000n;
}

export function event(seconds: number, parts: Partial<LoggedEvent>): LoggedEvent {
  return { time: at(seconds), zone: 'stated', numbers: [], endpoints: [], text: '', place: null, ...parts };
}

export function socketRow(parts: Partial<SocketRow>): SocketRow {
  return {
    line: 1,
    protocol: 'tcp',
    localAddress: CLIENT,
    localPort: 50_000,
    remoteAddress: '10.2.0.1',
    remotePort: 3200,
    state: 'ESTABLISHED',
    stateText: null,
    pid: 4711,
    process: null,
    created: null,
    ...parts,
  };
}

export function snapshot(
  seconds: number | null,
  rows: SocketRow[],
  parts: Partial<SocketSnapshot> = {},
): SocketSnapshot {
  const listener = socketRow({ localPort: 135, remoteAddress: null, remotePort: null, state: 'LISTENING' });
  return {
    tool: 'netstat',
    file: 'netstat.txt',
    line: 4,
    time: seconds === null ? null : at(seconds),
    zone: seconds === null ? null : 'given',
    complete: { ipv4: true, ipv6: true },
    rows: [listener, ...rows],
    ...parts,
  };
}

function silence(facts: Uint32Array): void {
  for (let row = 0; row < facts.length; row++) {
    if (outcomeOf(facts[row]!) === 'unanswered') facts[row] = facts[row]! & ~REMOTE_SEEN;
  }
}

function activityOf({ silences = [], dead = [], end = 600 }: CaseSpec): Activity {
  const inNanoseconds = (spans: readonly (readonly [number, number])[]): Silence[] =>
    spans.map(([from, to]) => ({ from: from * SECOND, to: to * SECOND }));
  return {
    silences: inNanoseconds(silences),
    medianPauseSeconds: 0.01,
    seconds: (_, from, to) => {
      let count = 0;
      let last = Number.NaN;
      for (let second = Math.ceil(from / SECOND); second < Math.min(to / SECOND, end); second++) {
        if (dead.some(([begin, stop]) => second >= begin && second < stop)) continue;
        count++;
        last = second * SECOND;
      }
      return { count, last };
    },
  };
}

function captureOf(end: number, parts: Partial<CaptureSummary> = {}): CaptureSummary {
  return {
    format: 'pcapng',
    interfaces: [],
    packets: 10_000,
    firstTime: 0,
    lastTime: end * SECOND,
    complete: true,
    error: null,
    tcpSegments: 10_000,
    synPackets: 1000,
    synAckPackets: 1000,
    finPackets: 2000,
    rstPackets: 0,
    oddities: {},
    dropped: 0,
    localTimes: false,
    processes: [],
    ...parts,
  };
}
