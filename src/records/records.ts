/**
 * What the service remembers, and the only truth about a job: the queue hands out ids, the stores hold bytes.
 * A status moves forward by compare-and-set, so each job ends exactly once however often it was run.
 */
import type { AnalysisOptions, JobStatus, Labels, Progress, Webhook } from '../contract/job.ts';
import type { Summary } from '../contract/report.ts';
import type { ErrorCode } from '../errors.ts';

export interface Records {
  /** Names this database; a queue that is shared with other installations is kept apart by it. */
  readonly installation: string;
  readonly jobs: JobRecords;
  readonly captures: CaptureRecords;
  readonly idempotency: IdempotencyRecords;
  readonly deliveries: DeliveryRecords;
  readonly leftovers: LeftoverRecords;
  /** Resolves when the database answers; rejects with its error. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CaptureRecord {
  readonly id: string;
  readonly kind: 'capture' | 'evidence';
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly createdAt: Date;
}

export interface CaptureRecords {
  /** Call it after the store has committed the bytes: a record never stands for bytes that are not there. */
  create(capture: Omit<CaptureRecord, 'createdAt'>): Promise<CaptureRecord>;
  find(id: string): Promise<CaptureRecord | null>;
  /** Newest first. Throws `cursor-invalid`. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<{
    captures: CaptureRecord[];
    nextCursor: string | null;
  }>;
  /** `in-use` while a queued or active job needs it. After `removed` the caller deletes the bytes from the store. */
  remove(id: string): Promise<'removed' | 'in-use' | 'absent'>;
}

export interface JobFailure {
  readonly code: ErrorCode;
  readonly detail: string;
}

export type JobCapture = Omit<CaptureRecord, 'createdAt'>;

export interface JobWebhook {
  readonly url: string;
  /** Signing needs it as it is. Null from the end of the delivery on: nothing needs it any more. */
  readonly secret: string | null;
}

export interface JobRecord {
  readonly id: string;
  readonly status: JobStatus;
  readonly progress: Progress;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** As they were when the job was made, in the order given; the capture itself may be gone when the job is final. */
  readonly captures: readonly JobCapture[];
  readonly evidence: readonly JobCapture[];
  readonly options: AnalysisOptions;
  readonly labels: Labels;
  readonly webhook: JobWebhook | null;
  /** What links in a webhook begin with: PUBLIC_URL, else the address the request came to; no slash at the end. */
  readonly baseUrl: string;
  readonly summary: Summary | null;
  readonly failure: JobFailure | null;
  readonly cancelRequested: boolean;
  /** How often a worker has taken it up. */
  readonly tries: number;
}

export interface NewJob {
  /** Where it has to be known before the job is there; else one is made. */
  readonly id?: string;
  /** Ids of captures. `owned` ones came with this job's own request and go when it is deleted. */
  readonly captures: readonly { id: string; owned: boolean }[];
  readonly evidence: readonly { id: string; owned: boolean }[];
  readonly options: AnalysisOptions;
  readonly labels: Labels;
  readonly webhook: Webhook | null;
  readonly baseUrl: string;
}

export interface JobFilter {
  /** Every one of them must be on the job. */
  readonly labels?: Labels | undefined;
  readonly statuses?: readonly JobStatus[] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export type JobEnd =
  | { readonly status: 'completed'; readonly summary: Summary; readonly progress: Progress }
  | { readonly status: 'failed'; readonly failure: JobFailure }
  | { readonly status: 'cancelled' };

/** `lost`: final, gone, or held by another. */
export type Standing = 'go-on' | 'cancel' | 'lost';

export interface EndedRecord {
  readonly job: JobRecord;
  readonly deliveryId: string | null;
}

export interface JobRecords {
  /** A queued job. Throws `capture-not-found` for an id that is no capture, or no evidence, of ours. */
  create(job: NewJob): Promise<JobRecord>;
  find(id: string): Promise<JobRecord | null>;
  /** Newest first. Throws `cursor-invalid`. */
  list(filter: JobFilter): Promise<{ jobs: JobRecord[]; nextCursor: string | null }>;
  /**
   * Cancels a queued job at once, flags an active one for the worker that holds it, and leaves a final one as it is;
   * the record returned tells which. `deliveryId` is set when this call ended the job and a webhook is to be told.
   */
  cancel(id: string): Promise<EndedRecord | null>;
  /**
   * Forgets the job, whatever its status: a worker that holds it finds out and stops. Null when there is none.
   * `captureIds` are the captures that went with it: the caller deletes their bytes, and the job's results.
   */
  remove(id: string): Promise<{ captureIds: string[] } | null>;

  // For workers.

  /**
   * Takes a job up: queued, or active with a holder that has not been heard of for some seconds. `busy` while
   * another holder is alive, `over` when the job is final or gone.
   */
  start(id: string, holder: string): Promise<{ outcome: 'started'; job: JobRecord } | { outcome: 'busy' | 'over' }>;
  /** Tells that the holder is alive, and how far it is. Once a second is enough. */
  heartbeat(id: string, holder: string, progress: Progress): Promise<Standing>;
  /** What became of the job meanwhile; cheap enough for several times a second. */
  standing(id: string, holder: string): Promise<Standing>;
  /** active -> queued, for a worker that stops; its try is not counted. False when it does not hold the job. */
  handBack(id: string, holder: string): Promise<boolean>;
  /**
   * The one move to a final status, by the holder alone. Null when it does not hold the job (any more). `deliveryId`
   * names the webhook delivery that was recorded in the same transaction.
   */
  finish(id: string, holder: string, end: JobEnd): Promise<EndedRecord | null>;
  /**
   * Up to 500 jobs that nobody has been working on for so long: queued, or active without a heartbeat. Each is named
   * once in that time, whoever asks.
   */
  neglected(forSeconds: number): Promise<string[]>;
  /** For a process that has the database to itself: jobs held by its predecessor are queued again. */
  releaseAll(): Promise<void>;
  countByStatus(): Promise<Record<JobStatus, number>>;
}

/**
 * A claim on an idempotency key. It is renewed by itself until it is completed or released. Should its holder die, what it
 * had announced tells whoever claims the key next: if it is there the key is done, else it is free.
 */
export interface IdempotencyClaim {
  /** What will be made, before it is. False when the claim was lost to another: then nothing must be made. */
  announce(fingerprint: string, resourceId: string): Promise<boolean>;
  /** It was made. */
  complete(): Promise<void>;
  /** The request failed: the key may be used again, unless what was announced is there all the same. */
  release(): Promise<void>;
}

export interface IdempotencyRecords {
  /** `scope` keeps callers and routes apart, e.g. `keyname POST /v1/jobs`. Kept for 24 hours, or until the resource is deleted. */
  claim(
    scope: string,
    key: string,
  ): Promise<
    | { readonly outcome: 'claimed'; readonly claim: IdempotencyClaim }
    | { readonly outcome: 'in-flight' }
    | { readonly outcome: 'done'; readonly fingerprint: string; readonly resourceId: string }
  >;
}

/** Ids of captures, and of jobs whose results they are. */
export interface Leftover {
  readonly id: string;
  readonly kind: 'capture' | 'results';
}

/**
 * What may lie in a store and belongs to no record: noted before bytes become visible until their record is made, and
 * from when a record is removed. Nothing else is ever taken for a leftover: what this database has never heard of may be
 * another one's, or younger than the backup from which it was restored.
 */
export interface LeftoverRecords {
  /** Call it before bytes become visible; making their record takes the note back. */
  expect(captureIds: readonly string[]): Promise<void>;
  /** Up to 500 of those noted at least so long ago. */
  notedBefore(seconds: number): Promise<Leftover[]>;
  forget(ids: readonly string[]): Promise<void>;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** A webhook call about the end of one job; its id is the `webhook-id` of every try. */
export interface DeliveryRecord {
  readonly id: string;
  readonly jobId: string;
  readonly status: DeliveryStatus;
  readonly tries: number;
  readonly createdAt: Date;
  readonly lastTryAt: Date | null;
  readonly nextTryAt: Date | null;
  /** What the last try met: an HTTP status or an error, as text for people. */
  readonly lastAnswer: string | null;
}

export interface DeliveryRecords {
  find(id: string): Promise<DeliveryRecord | null>;
  ofJob(jobId: string): Promise<DeliveryRecord[]>;
  /**
   * Stores the outcome of one try; any status but `pending` ends the delivery, and the secret of the job's webhook is
   * forgotten with it. False when it had ended already.
   */
  recordTry(id: string, outcome: { status: DeliveryStatus; answer: string; nextTryAt: Date | null }): Promise<boolean>;
  /** Pending deliveries whose time came at least so long ago, or was set by a clock that was set back since. */
  overdue(bySeconds: number): Promise<string[]>;
}
