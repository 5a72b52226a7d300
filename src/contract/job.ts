/** Jobs and captures as they cross the wire (CONTRACT section "HTTP API"). */
import { type Static, Type } from 'typebox';
import { Problem } from './problem.ts';
import { Summary } from './report.ts';

const Count = Type.Integer({ minimum: 0 });
const Port = Type.Integer({ minimum: 0, maximum: 65535 });
const Time = Type.String({ description: 'RFC 3339, UTC' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const PortRange = Type.Object({ first: Port, last: Port }, { additionalProperties: false });
export type PortRange = Static<typeof PortRange>;

export const EventOption = Type.Object(
  { time: Type.String(), text: Type.Optional(Type.String({ maxLength: 4096 })) },
  { additionalProperties: false },
);

/** What a user may ask of an analysis; the command line has the same options. */
export const AnalysisOptions = Type.Object(
  {
    timeWaitSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3600 })),
    portRange: Type.Optional(PortRange),
    clients: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
    events: Type.Optional(Type.Array(Type.Union([Type.String(), EventOption]), { maxItems: 10_000 })),
    utcOffset: Type.Optional(Type.String({ pattern: '^(Z|[+-]\\d{2}:\\d{2})$' })),
  },
  { additionalProperties: false },
);
export type AnalysisOptions = Static<typeof AnalysisOptions>;

export const Labels = Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.String({ maxLength: 255 }));
export type Labels = Record<string, string>;

export const JOB_STATUSES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;
export const JobStatus = Type.Enum([...JOB_STATUSES]);
export type JobStatus = (typeof JOB_STATUSES)[number];

export const Progress = Type.Object({
  stage: Type.Enum(['waiting', 'reading', 'judging', 'writing', 'done']),
  bytes: Count,
  totalBytes: Count,
  packets: Count,
  percent: Type.Number({ minimum: 0, maximum: 100 }),
  etaSeconds: Nullable(Type.Number()),
});
export type Progress = Static<typeof Progress>;

/** One uploaded file: of packets (`capture`), or of companion text (`evidence`). Immutable once it exists. */
export const Capture = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['capture', 'evidence']),
  name: Type.String(),
  bytes: Count,
  sha256: Type.String(),
  createdAt: Time,
  links: Type.Record(Type.String(), Type.String()),
});
export type Capture = Static<typeof Capture>;

export const Job = Type.Object({
  id: Type.String(),
  status: JobStatus,
  progress: Progress,
  createdAt: Time,
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
  captures: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), bytes: Count, sha256: Type.String() })),
  evidence: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), bytes: Count, sha256: Type.String() })),
  options: AnalysisOptions,
  labels: Labels,
  webhook: Nullable(Type.Object({ url: Type.String() })),
  summary: Nullable(Summary),
  error: Nullable(Problem),
  links: Type.Record(Type.String(), Type.String()),
});
export type Job = Static<typeof Job>;

export const Webhook = Type.Object(
  { url: Type.String({ maxLength: 2048 }), secret: Type.String({ pattern: '^whsec_[A-Za-z0-9+/=]{16,}$' }) },
  { additionalProperties: false },
);
export type Webhook = Static<typeof Webhook>;
