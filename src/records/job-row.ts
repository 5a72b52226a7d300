/** How a job is kept in the table, and read back. */
import type { AnalysisOptions, JobStatus, Labels, Progress } from '../contract/job.ts';
import type { Summary } from '../contract/report.ts';
import type { JobCapture, JobFailure, JobRecord } from './records.ts';

export interface JobRow {
  id: string;
  seq: string;
  status: JobStatus;
  progress: Progress;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  options: AnalysisOptions;
  labels: Labels;
  webhook: { url: string; secret?: string } | null;
  base_url: string;
  summary: Summary | null;
  failure: JobFailure | null;
  cancel_requested: boolean;
  tries: number;
  files: JobCapture[] | null;
}

/** Needs the table's own name, `job`, in the statement. */
export const JOB_COLUMNS = `job.id, job.seq, status, progress, job.created_at, started_at, finished_at, options, labels,
  webhook, base_url, summary, failure, cancel_requested, tries,
  (SELECT json_agg(json_build_object('id', capture_id, 'kind', kind, 'name', name, 'bytes', bytes, 'sha256', sha256)
                   ORDER BY position)
     FROM portledger.job_capture WHERE job_id = job.id) AS files`;

export function toJobRecord(row: JobRow): JobRecord {
  const files = row.files ?? [];
  return {
    id: row.id,
    status: row.status,
    progress: row.progress,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    captures: files.filter(({ kind }) => kind === 'capture'),
    evidence: files.filter(({ kind }) => kind === 'evidence'),
    options: row.options,
    labels: row.labels,
    webhook: row.webhook === null ? null : { url: row.webhook.url, secret: row.webhook.secret ?? null },
    baseUrl: row.base_url,
    summary: row.summary,
    failure: row.failure,
    cancelRequested: row.cancel_requested,
    tries: row.tries,
  };
}

export const WAITING: Progress = {
  stage: 'waiting',
  bytes: 0,
  totalBytes: 0,
  packets: 0,
  percent: 0,
  etaSeconds: null,
};
