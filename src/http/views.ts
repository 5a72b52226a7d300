/** Records as the API shows them: what is not named here does not leave the service. */
import { createHash } from 'node:crypto';
import type { Capture, Job } from '../contract/job.ts';
import { jobLinks } from '../contract/links.ts';
import { failureProblem } from '../contract/problem.ts';
import type { CaptureRecord, JobCapture, JobRecord } from '../records/records.ts';

export function jobView(job: JobRecord): Job {
  return {
    id: job.id,
    status: job.status,
    progress: job.progress,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    captures: job.captures.map(fileView),
    evidence: job.evidence.map(fileView),
    options: job.options,
    labels: job.labels,
    webhook: job.webhook === null ? null : { url: job.webhook.url },
    summary: job.summary,
    error: job.failure === null ? null : failureProblem(job.failure),
    links: jobLinks('', job.id, job.status),
  };
}

const fileView = ({ id, name, bytes, sha256 }: JobCapture) => ({ id, name, bytes, sha256 });

export function captureView(capture: CaptureRecord): Capture {
  const self = `/v1/captures/${capture.id}`;
  return {
    id: capture.id,
    kind: capture.kind,
    name: capture.name,
    bytes: capture.bytes,
    sha256: capture.sha256,
    createdAt: capture.createdAt.toISOString(),
    links: { self, content: `${self}/content` },
  };
}

export const isFinal = ({ status }: { status: string }) => status !== 'queued' && status !== 'active';

/** A strong entity tag of a view. */
export function etagOf(view: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 27)}"`;
}

/** Whether If-None-Match names the tag (RFC 9110 section 13.1.2: weak comparison). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}
