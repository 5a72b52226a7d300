/** What workers do with jobs: every move is a compare-and-set on the status and the holder. */
import { isId, newId } from '../contract/ids.ts';
import type { Progress } from '../contract/job.ts';
import type { Database, Queryable } from './database.ts';
import { JOB_COLUMNS, type JobRow, toJobRecord, WAITING } from './job-row.ts';
import type { EndedRecord, JobEnd, JobRecords, Standing } from './records.ts';

type JobWork = Pick<
  JobRecords,
  'start' | 'heartbeat' | 'standing' | 'handBack' | 'finish' | 'neglected' | 'releaseAll'
>;

/** A holder that beats once a second and has not been heard of for so long is dead or cut off. */
const DEAD_AFTER_SECONDS = 3;

export function jobWork(database: Database): JobWork {
  return {
    start: (id, holder) => start(database, id, holder),
    heartbeat: (id, holder, progress) => heartbeat(database, id, holder, progress),
    standing: (id, holder) => standing(database, id, holder),
    handBack: (id, holder) => handBack(database, id, holder),
    finish: (id, holder, end) => database.transaction((transaction) => finish(transaction, id, holder, end)),
    neglected: (forSeconds) => neglected(database, forSeconds),
    releaseAll: () => releaseAll(database),
  };
}

/**
 * Whether so many seconds have gone by since a time that the database noted itself. A time in the future was noted before
 * the clock was set back: how long ago that was cannot be told, and it is not waited for.
 */
const silentFor = (column: string, seconds: string) =>
  `(${column} < now() - make_interval(secs => ${seconds}) OR ${column} > now() + make_interval(secs => ${seconds}))`;

async function start(database: Queryable, id: string, holder: string): ReturnType<JobWork['start']> {
  if (!isId(id)) return { outcome: 'over' };
  const { rows } = await database.query<JobRow>(
    `UPDATE portledger.job
        SET status = 'active', holder = $2, heartbeat_at = now(), started_at = coalesce(started_at, now()),
            tries = tries + 1, progress = $3
      WHERE id = $1
        AND (status = 'queued' OR status = 'active' AND ${silentFor('heartbeat_at', '$4')})
      RETURNING ${JOB_COLUMNS}`,
    [id, holder, JSON.stringify(WAITING), DEAD_AFTER_SECONDS],
  );
  if (rows[0] !== undefined) return { outcome: 'started', job: toJobRecord(rows[0]) };
  const { count } = await database.query(`SELECT 1 FROM portledger.job WHERE id = $1 AND status = 'active'`, [id]);
  return { outcome: count > 0 ? 'busy' : 'over' };
}

interface StandingRow {
  cancel_requested: boolean;
}

async function heartbeat(database: Queryable, id: string, holder: string, progress: Progress): Promise<Standing> {
  const { rows } = await database.query<StandingRow>(
    `UPDATE portledger.job SET heartbeat_at = now(), progress = $3
      WHERE id = $1 AND holder = $2 AND status = 'active' RETURNING cancel_requested`,
    [id, holder, JSON.stringify(progress)],
  );
  return toStanding(rows[0]);
}

async function standing(database: Queryable, id: string, holder: string): Promise<Standing> {
  const { rows } = await database.query<StandingRow>(
    `SELECT cancel_requested FROM portledger.job WHERE id = $1 AND holder = $2 AND status = 'active'`,
    [id, holder],
  );
  return toStanding(rows[0]);
}

function toStanding(row: StandingRow | undefined): Standing {
  if (row === undefined) return 'lost';
  return row.cancel_requested ? 'cancel' : 'go-on';
}

async function handBack(database: Queryable, id: string, holder: string): Promise<boolean> {
  const { count } = await database.query(
    `UPDATE portledger.job
        SET status = 'queued', holder = NULL, heartbeat_at = NULL, offered_at = now(), tries = tries - 1, progress = $3
      WHERE id = $1 AND holder = $2 AND status = 'active'`,
    [id, holder, JSON.stringify(WAITING)],
  );
  return count > 0;
}

async function finish(transaction: Queryable, id: string, holder: string, end: JobEnd): Promise<EndedRecord | null> {
  const held = await transaction.query(
    `SELECT 1 FROM portledger.job WHERE id = $1 AND holder = $2 AND status = 'active' FOR UPDATE`,
    [id, holder],
  );
  return held.count === 0 ? null : endJob(transaction, id, end);
}

/** For a job whose row the transaction has locked and found unfinished. */
export async function endJob(transaction: Queryable, id: string, end: JobEnd): Promise<EndedRecord> {
  const { rows } = await transaction.query<JobRow>(
    `UPDATE portledger.job
        SET status = $2, summary = $3, failure = $4, progress = coalesce($5::json, progress), finished_at = now(), holder = NULL
      WHERE id = $1 RETURNING ${JOB_COLUMNS}`,
    [
      id,
      end.status,
      end.status === 'completed' ? JSON.stringify(end.summary) : null,
      end.status === 'failed' ? JSON.stringify(end.failure) : null,
      end.status === 'completed' ? JSON.stringify(end.progress) : null,
    ],
  );
  const job = toJobRecord(rows[0]!);
  return { job, deliveryId: job.webhook === null ? null : await recordDelivery(transaction, id) };
}

/** In the transaction that ends the job, so that an end without its notice cannot be. */
async function recordDelivery(transaction: Queryable, jobId: string): Promise<string> {
  const id = newId();
  await transaction.query('INSERT INTO portledger.delivery (id, job_id) VALUES ($1, $2)', [id, jobId]);
  return id;
}

async function neglected(database: Queryable, forSeconds: number): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `UPDATE portledger.job SET offered_at = now()
      WHERE id IN (
        SELECT id FROM portledger.job
         WHERE status IN ('queued', 'active')
           AND ${silentFor('offered_at', '$1')}
           AND (status = 'queued' OR ${silentFor('heartbeat_at', '$1')})
         ORDER BY offered_at LIMIT 500
         FOR UPDATE SKIP LOCKED)
      RETURNING id`,
    [forSeconds],
  );
  return rows.map(({ id }) => id);
}

async function releaseAll(database: Queryable): Promise<void> {
  await database.query(
    `UPDATE portledger.job SET status = 'queued', holder = NULL, heartbeat_at = NULL WHERE status = 'active'`,
  );
}
