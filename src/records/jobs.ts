/** What the API does with jobs. What workers do with them stands in `job-work.ts`. */
import { isId, newId } from '../contract/ids.ts';
import type { JobStatus, Labels } from '../contract/job.ts';
import { PortledgerError } from '../errors.ts';
import type { Database, Queryable } from './database.ts';
import { JOB_COLUMNS, type JobRow, toJobRecord, WAITING } from './job-row.ts';
import { endJob, jobWork } from './job-work.ts';
import { noteLeftovers } from './leftovers.ts';
import { cutPage, seqOfCursor } from './page.ts';
import type { EndedRecord, JobFilter, JobRecord, JobRecords, NewJob } from './records.ts';

export function jobRecords(database: Database): JobRecords {
  return {
    ...jobWork(database),
    create: (job) => database.transaction((transaction) => createJob(transaction, job)),
    find: async (id) => (isId(id) ? findJob(database, id) : null),
    list: (filter) => listJobs(database, filter),
    cancel: async (id) => (isId(id) ? database.transaction((transaction) => cancelJob(transaction, id)) : null),
    remove: async (id) => (isId(id) ? database.transaction((transaction) => removeJob(transaction, id)) : null),
    countByStatus: () => countByStatus(database),
  };
}

async function createJob(transaction: Queryable, job: NewJob): Promise<JobRecord> {
  const { id = newId() } = job;
  await transaction.query(
    `INSERT INTO portledger.job (id, progress, options, labels, webhook, base_url) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      id,
      JSON.stringify(WAITING),
      JSON.stringify(job.options),
      JSON.stringify(checkedLabels(job.labels)),
      job.webhook === null ? null : JSON.stringify(job.webhook),
      job.baseUrl,
    ],
  );
  await attach(transaction, id, 'capture', job.captures);
  await attach(transaction, id, 'evidence', job.evidence);
  return (await findJob(transaction, id))!;
}

/** The share lock keeps each capture from being deleted until the job that needs it is there to be seen. */
async function attach(
  transaction: Queryable,
  jobId: string,
  kind: 'capture' | 'evidence',
  files: readonly { id: string; owned: boolean }[],
): Promise<void> {
  const wanted = files.map(({ id, owned }, position) => ({ id, owned, position }));
  const { rows } = await transaction.query<{ capture_id: string }>(
    `INSERT INTO portledger.job_capture (job_id, kind, position, capture_id, name, bytes, sha256, owned)
     SELECT $1, kind, position, id, name, bytes, sha256, owned FROM (
       SELECT capture.kind, wanted.position, capture.id, capture.name, capture.bytes, capture.sha256, wanted.owned
         FROM json_to_recordset($3::json) AS wanted (id text, owned boolean, position integer)
         JOIN portledger.capture ON capture.id = wanted.id AND capture.kind = $2
          FOR SHARE OF capture
     ) AS found
     RETURNING capture_id`,
    [jobId, kind, JSON.stringify(wanted.filter(({ id }) => isId(id)))],
  );
  const found = new Set(rows.map((row) => row.capture_id));
  const missing = files.find(({ id }) => !found.has(id));
  if (missing === undefined) return;
  const noun = kind === 'capture' ? 'capture' : 'evidence file';
  throw new PortledgerError('capture-not-found', `there is no ${noun} "${missing.id.slice(0, 64)}"`);
}

async function findJob(database: Queryable, id: string): Promise<JobRecord | null> {
  const { rows } = await database.query<JobRow>(`SELECT ${JOB_COLUMNS} FROM portledger.job WHERE id = $1`, [id]);
  return rows[0] === undefined ? null : toJobRecord(rows[0]);
}

async function listJobs(database: Queryable, { labels, statuses, limit, cursor }: JobFilter) {
  // A label with a NUL cannot have been stored, and the database would refuse the question.
  if (nulLabel(labels ?? {}) !== undefined) return { jobs: [], nextCursor: null };
  const { rows } = await database.query<JobRow>(
    `SELECT ${JOB_COLUMNS} FROM portledger.job
      WHERE labels @> $1::jsonb
        AND ($2::text[] IS NULL OR status = ANY ($2::text[]))
        AND ($3::bigint IS NULL OR seq < $3)
      ORDER BY seq DESC LIMIT $4`,
    [JSON.stringify(labels ?? {}), statuses ?? null, seqOfCursor(cursor), limit + 1],
  );
  const { page, nextCursor } = cutPage(rows, limit);
  return { jobs: page.map(toJobRecord), nextCursor };
}

async function cancelJob(transaction: Queryable, id: string): Promise<EndedRecord | null> {
  const { rows } = await transaction.query<{ status: JobStatus }>(
    'SELECT status FROM portledger.job WHERE id = $1 FOR UPDATE',
    [id],
  );
  if (rows[0] === undefined) return null;
  if (rows[0].status === 'queued') return endJob(transaction, id, { status: 'cancelled' });
  await transaction.query(`UPDATE portledger.job SET cancel_requested = true WHERE id = $1 AND status = 'active'`, [
    id,
  ]);
  return { job: (await findJob(transaction, id))!, deliveryId: null };
}

async function removeJob(transaction: Queryable, id: string): Promise<{ captureIds: string[] } | null> {
  const owned = await transaction.query<{ id: string }>(
    `SELECT id FROM portledger.capture
      WHERE id IN (SELECT capture_id FROM portledger.job_capture WHERE job_id = $1 AND owned)
      ORDER BY id FOR UPDATE`,
    [id],
  );
  const removed = await transaction.query('DELETE FROM portledger.job WHERE id = $1', [id]);
  if (removed.count === 0) return null;
  // What another job lists stays. The locks above make two deletions that share a capture go one after the other.
  const gone = await transaction.query<{ id: string }>(
    `DELETE FROM portledger.capture
      WHERE id = ANY ($1::text[]) AND NOT EXISTS (SELECT 1 FROM portledger.job_capture WHERE capture_id = capture.id)
      RETURNING id`,
    [owned.rows.map((row) => row.id)],
  );
  const captureIds = gone.rows.map((row) => row.id);
  await noteLeftovers(transaction, 'results', [id]);
  await noteLeftovers(transaction, 'capture', captureIds);
  return { captureIds };
}

async function countByStatus(database: Queryable): Promise<Record<JobStatus, number>> {
  const { rows } = await database.query<{ status: JobStatus; count: string }>(
    'SELECT status, count(*) AS count FROM portledger.job GROUP BY status',
  );
  const counts = { queued: 0, active: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status, count } of rows) counts[status] = Number(count);
  return counts;
}

function checkedLabels(labels: Labels): Labels {
  const name = nulLabel(labels);
  if (name === undefined) return labels;
  throw new PortledgerError('option-invalid', `labels: "${name.slice(0, 64)}" holds a NUL character`);
}

/** PostgreSQL's jsonb cannot hold a NUL character. */
const nulLabel = (labels: Labels) => Object.keys(labels).find((name) => `${name}${labels[name]}`.includes('\0'));
