/** Where bytes are kept: captures as they were uploaded, results as they were computed. Both immutable, both by our own id. */
import type { Readable, Writable } from 'node:stream';

export interface StoredCapture {
  readonly id: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** An upload on its way in. Nothing of it can be seen until `commit`; `abort` leaves nothing behind. */
export interface IncomingCapture {
  readonly id: string;
  /**
   * Pipe the upload into it. It fails with `body-too-large` at the first byte beyond the limit and with
   * `storage-full` when the disk is. End it before `commit`; a `pipeline` does.
   */
  readonly stream: Writable;
  /**
   * Makes the bytes durable, then visible. Throws `body-incomplete` or `digest-mismatch` (and aborts) when they
   * are not what was announced.
   */
  commit(announced?: { bytes?: number | undefined; sha256?: string | undefined }): Promise<StoredCapture>;
  /** Closes and deletes. Does nothing after `commit` or a second time, so it may stand in a `finally`. */
  abort(): Promise<void>;
}

export interface CaptureStore {
  /**
   * `announcedBytes` (Content-Length) is set aside while the upload runs. Throws `body-too-large` or
   * `storage-full` at once when it cannot fit.
   */
  create(announcedBytes?: number): Promise<IncomingCapture>;
  /** Bytes of a stored capture; null when there is none. */
  stat(id: string): Promise<{ bytes: number } | null>;
  /** `start` and `end` are offsets, both included, as in an HTTP range. Throws `capture-not-found`. */
  read(id: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Where a process of this host reads it. Throws `capture-not-found` for what cannot be an id of ours. */
  path(id: string): string;
  /** False when there was none. */
  delete(id: string): Promise<boolean>;
  /** The most an upload may have just now: the limit, or what the disk has above its reserve. */
  roomBytes(): Promise<number>;
  /** Removes what is left of uploads that nobody touched for so long: their process is dead. */
  sweep(untouchedSeconds: number): Promise<void>;
}

/** Results being written: a folder under a temporary name. */
export interface PendingResults {
  readonly path: string;
  /** Makes the files durable and gives the folder its name. Results that are there already stay: they are the same. */
  commit(): Promise<void>;
  /** Empties the folder, for another try. */
  clear(): Promise<void>;
  /** Does nothing after `commit`. */
  abort(): Promise<void>;
}

export interface ResultStore {
  create(jobId: string): Promise<PendingResults>;
  /** Path of one file of a job's results (`report.json`, `sessions.parquet`); null when it is not there. */
  path(jobId: string, file: string): Promise<string | null>;
  delete(jobId: string): Promise<void>;
  /** Removes what dead workers left of this job. */
  sweepJob(jobId: string): Promise<void>;
  /** Removes what dead workers left of any job and nobody touched for so long. */
  sweep(untouchedSeconds: number): Promise<void>;
}
