/** Jobs and captures as they cross the wire: the shapes of the HTTP API. */
import { type Static, Type } from 'typebox';
import { LABEL_LIMITS } from './labels.ts';
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

export type Labels = Record<string, string>;

/** Text to text. They travel in webhooks, whose bodies stay below 20 kB: `checkLabels` bounds them all together. */
export const Labels = Type.Unsafe<Labels>({
  type: 'object',
  additionalProperties: { type: 'string', maxLength: LABEL_LIMITS.value },
  propertyNames: { minLength: 1, maxLength: LABEL_LIMITS.name },
  maxProperties: LABEL_LIMITS.count,
});

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
  {
    url: Type.String({ maxLength: 2048 }),
    secret: Type.String({ pattern: '^whsec_[A-Za-z0-9+/=]{16,}$', maxLength: 255 }),
  },
  { additionalProperties: false },
);
export type Webhook = Static<typeof Webhook>;

const Id = Type.String({ minLength: 1, maxLength: 64 });

/** What accompanies the files of a new job, whichever way they come. */
const jobSettings = {
  options: Type.Optional(AnalysisOptions),
  labels: Type.Optional(Labels),
  webhook: Type.Optional(Webhook),
};

/** Body of `POST /v1/jobs` as JSON: captures that were uploaded before. */
export const JobRequest = Type.Object(
  {
    captures: Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    evidence: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
    ...jobSettings,
  },
  { additionalProperties: false },
);
export type JobRequest = Static<typeof JobRequest>;

/** The fields of a `POST /v1/jobs` as a form, beside its files; each is JSON. */
export const JobForm = Type.Object(jobSettings, { additionalProperties: false });
export type JobForm = Static<typeof JobForm>;

const Filename = Type.String({ maxLength: 1024, description: 'name to show; no path' });
const labelFields = {
  [`^label\\.[\\s\\S]{1,${LABEL_LIMITS.name}}$`]: Type.String({ maxLength: LABEL_LIMITS.value }),
};

/** Query of a `POST /v1/jobs` whose body is the capture itself. */
export const RawJobQuery = Type.Object(
  {
    filename: Type.Optional(Filename),
    timeWaitSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3600 })),
    portRange: Type.Optional(Type.String({ description: 'FIRST-LAST, as 49152-65535' })),
    client: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
    event: Type.Optional(Type.Array(Type.String({ description: 'TIME or TIME TEXT' }), { maxItems: 10_000 })),
    utcOffset: Type.Optional(Type.String({ description: '+HH:MM' })),
  },
  { additionalProperties: false, patternProperties: labelFields },
);
export type RawJobQuery = Static<typeof RawJobQuery>;

/** Query of a `POST /v1/captures` whose body is the file itself. */
export const RawCaptureQuery = Type.Object(
  { filename: Type.Optional(Filename), kind: Type.Optional(Type.Enum(['capture', 'evidence'])) },
  { additionalProperties: false },
);
export type RawCaptureQuery = Static<typeof RawCaptureQuery>;

const page = {
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  cursor: Type.String({ maxLength: 1024, description: 'nextCursor of the page before' }),
};

export const JobListQuery = Type.Object(
  {
    status: Type.Optional(Type.Array(JobStatus, { description: 'one of these' })),
    limit: Type.Optional(page.limit),
    cursor: Type.Optional(page.cursor),
  },
  { additionalProperties: false, patternProperties: labelFields },
);
export type JobListQuery = Static<typeof JobListQuery>;
export const JobPage = Type.Object({ jobs: Type.Array(Job), nextCursor: Nullable(Type.String()) });

export const CaptureListQuery = Type.Object(
  { limit: Type.Optional(page.limit), cursor: Type.Optional(page.cursor) },
  { additionalProperties: false },
);
export type CaptureListQuery = Static<typeof CaptureListQuery>;
export const CapturePage = Type.Object({ captures: Type.Array(Capture), nextCursor: Nullable(Type.String()) });
