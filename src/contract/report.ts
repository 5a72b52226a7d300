/** The report: the API's answer, the golden file of a test, the input of the page and of the ticket text. */
import { type Static, Type } from 'typebox';

const Count = Type.Integer({ minimum: 0 });
const Seconds = Type.Number();
const Time = Type.String({ description: 'RFC 3339, UTC, with all the digits the capture has' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const Endpoint = Type.Object({ address: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65535 }) });
export type Endpoint = Static<typeof Endpoint>;

export const Summary = Type.Object({ code: Type.String(), headline: Type.String(), text: Type.String() });
export type Summary = Static<typeof Summary>;

export const QualityReason = Type.Object(
  { code: Type.String(), count: Count, message: Type.String() },
  { additionalProperties: true },
);
export type QualityReason = Static<typeof QualityReason>;

export const Quality = Type.Object({
  grade: Type.Enum(['A', 'B', 'C']),
  reasons: Type.Array(QualityReason),
});
export type Quality = Static<typeof Quality>;

export const CaptureInterface = Type.Object({
  linkType: Type.String(),
  snaplen: Count,
  dropped: Nullable(Count),
});
export type CaptureInterface = Static<typeof CaptureInterface>;

export const CaptureError = Type.Object({
  code: Type.String(),
  message: Type.String(),
  offset: Nullable(Count),
});
export type CaptureError = Static<typeof CaptureError>;

export const CaptureReport = Type.Object({
  name: Type.String(),
  sha256: Nullable(Type.String()),
  bytes: Count,
  format: Type.String(),
  compression: Type.String(),
  interfaces: Type.Array(CaptureInterface),
  packets: Count,
  firstTimestamp: Nullable(Time),
  lastTimestamp: Nullable(Time),
  complete: Type.Boolean(),
  error: Nullable(CaptureError),
});
export type CaptureReport = Static<typeof CaptureReport>;

export const Totals = Type.Object({
  packets: Count,
  tcpSegments: Count,
  synPackets: Count,
  synAckPackets: Count,
  finPackets: Count,
  rstPackets: Count,
  attempts: Count,
  synRetransmissions: Count,
  sessions: Count,
  midstreamSessions: Count,
  reuses: Count,
});
export type Totals = Static<typeof Totals>;

export const Occupancy = Type.Object({
  timeWaitSeconds: Seconds,
  peak: Count,
  peakAt: Nullable(Time),
  ratio: Type.Number(),
});
export type Occupancy = Static<typeof Occupancy>;

export const Pool = Type.Object({
  first: Count,
  last: Count,
  size: Count,
  usable: Count,
  source: Type.Enum(['given', 'evidence', 'inferred']),
});
export type Pool = Static<typeof Pool>;

export const AllocationOrder = Type.Object({
  order: Type.Enum(['sequential', 'random', 'per-remote', 'fixed', 'mixed', 'unknown']),
  samples: Count,
});
export type AllocationOrder = Static<typeof AllocationOrder>;

export const ClientReport = Type.Object({
  address: Type.String(),
  pool: Pool,
  allocationOrder: AllocationOrder,
  attempts: Count,
  distinctLocalPorts: Count,
  remotes: Count,
  occupancy: Type.Array(Occupancy),
});
export type ClientReport = Static<typeof ClientReport>;

export const HistogramBin = Type.Object({ fromSeconds: Seconds, toSeconds: Nullable(Seconds), count: Count });

export const TargetReport = Type.Object({
  client: Type.String(),
  remote: Endpoint,
  synPackets: Count,
  attempts: Count,
  synRetransmissions: Count,
  distinctLocalPorts: Count,
  outcomes: Type.Object({ established: Count, refused: Count, unanswered: Count, halfOpen: Count }),
  ends: Type.Object({
    open: Count,
    halfClosedByRemote: Count,
    halfClosedByClient: Count,
    closed: Count,
    reset: Count,
  }),
  reuses: Type.Object({
    count: Count,
    minGapSeconds: Nullable(Seconds),
    histogram: Type.Array(HistogramBin),
    answers: Type.Object({ accepted: Count, challenged: Count, refused: Count, silent: Count }),
  }),
  firstAttempt: Nullable(Time),
  lastAttempt: Nullable(Time),
  occupancy: Type.Array(Occupancy),
});
export type TargetReport = Static<typeof TargetReport>;

export const ProcessReport = Type.Object({
  pid: Count,
  name: Nullable(Type.String()),
  source: Type.Enum(['etl2pcapng', 'ptcpdump', 'pktap', 'netmon', 'netstat']),
  confidence: Type.Enum(['high', 'medium', 'low']),
  attempts: Count,
  openSessions: Count,
  clients: Type.Array(Type.String()),
});
export type ProcessReport = Static<typeof ProcessReport>;

export const FrameReference = Type.Object({ capture: Count, frame: Count, time: Nullable(Time) });
export type FrameReference = Static<typeof FrameReference>;

export const EvidenceLine = Type.Object({ file: Type.String(), line: Count });
export type EvidenceLine = Static<typeof EvidenceLine>;

/** Numbers, texts and small lists by name: what a finding measured, and what it held that against. */
export const Figures = Type.Record(Type.String(), Type.Unknown());
export type Figures = Record<string, number | string | boolean | null | number[] | string[]>;

export const FindingEvidence = Type.Object({
  numbers: Figures,
  thresholds: Figures,
  localPorts: Type.Array(Count),
  localPortsTotal: Count,
  frames: Type.Array(FrameReference),
  lines: Type.Optional(Type.Array(EvidenceLine)),
  from: Nullable(Time),
  to: Nullable(Time),
});

export const FINDING_CODES = [
  'capture-quality',
  'port-exhaustion',
  'reuse-in-time-wait',
  'sessions-never-closed',
  'half-closed-sessions',
  'lost-ports',
  'attempts-stalled-remote',
  'attempts-stalled-host',
  'unanswered-attempts',
  'refused-attempts',
  'refused-locally',
  'loopback-blind-spot',
  'missing-from-netstat',
  'bound-ports-leaked',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export const Finding = Type.Object({
  code: Type.Enum([...FINDING_CODES]),
  verdict: Type.Enum(['supported', 'excluded', 'inconclusive']),
  severity: Type.Enum(['info', 'warning', 'critical']),
  confidence: Type.Enum(['high', 'medium', 'low']),
  client: Nullable(Type.String()),
  remote: Nullable(Type.String()),
  title: Type.String(),
  explanation: Type.String(),
  evidence: FindingEvidence,
  displayFilter: Nullable(Type.String()),
  cannotConclude: Type.Array(Type.String()),
  nextSteps: Type.Array(Type.String()),
});
export type Finding = Omit<Static<typeof Finding>, 'code' | 'evidence'> & {
  code: FindingCode;
  evidence: Omit<Static<typeof FindingEvidence>, 'numbers' | 'thresholds'> & { numbers: Figures; thresholds: Figures };
};

export const Report = Type.Object({
  schemaVersion: Type.Literal(1),
  summary: Summary,
  quality: Quality,
  captures: Type.Array(CaptureReport),
  totals: Totals,
  clients: Type.Array(ClientReport),
  clientsTotal: Count,
  targets: Type.Array(TargetReport),
  targetsTotal: Count,
  processes: Type.Array(ProcessReport),
  findings: Type.Array(Finding),
});
export type Report = Omit<Static<typeof Report>, 'findings'> & { findings: Finding[] };
