import { isId } from '../contract/ids.ts';
import type { Database } from './database.ts';
import type { DeliveryRecord, DeliveryRecords, DeliveryStatus } from './records.ts';

interface DeliveryRow {
  id: string;
  job_id: string;
  status: DeliveryStatus;
  tries: number;
  created_at: Date;
  last_try_at: Date | null;
  next_try_at: Date | null;
  last_answer: string | null;
}

const COLUMNS = 'id, job_id, status, tries, created_at, last_try_at, next_try_at, last_answer';

export function deliveryRecords(database: Database): DeliveryRecords {
  return {
    async find(id) {
      if (!isId(id)) return null;
      const { rows } = await database.query<DeliveryRow>(`SELECT ${COLUMNS} FROM portledger.delivery WHERE id = $1`, [
        id,
      ]);
      return rows[0] === undefined ? null : toRecord(rows[0]);
    },

    async ofJob(jobId) {
      if (!isId(jobId)) return [];
      const { rows } = await database.query<DeliveryRow>(
        `SELECT ${COLUMNS} FROM portledger.delivery WHERE job_id = $1 ORDER BY created_at, id`,
        [jobId],
      );
      return rows.map(toRecord);
    },

    async recordTry(id, { status, answer, nextTryAt }) {
      const { count } = await database.query(
        `WITH tried AS (
           UPDATE portledger.delivery
              SET status = $2, last_answer = $3, next_try_at = $4, tries = tries + 1, last_try_at = now()
            WHERE id = $1 AND status = 'pending'
           RETURNING job_id, status
         ), forgotten AS (
           UPDATE portledger.job SET webhook = json_build_object('url', webhook ->> 'url')
             FROM tried WHERE job.id = job_id AND tried.status <> 'pending'
         )
         SELECT 1 FROM tried`,
        [id, status, answer.replaceAll('\0', '').slice(0, 1000), nextTryAt],
      );
      return count > 0;
    },

    async overdue(bySeconds) {
      const { rows } = await database.query<{ id: string }>(
        `SELECT id FROM portledger.delivery
          WHERE status = 'pending'
            AND (next_try_at < now() - make_interval(secs => $1)
              OR coalesce(last_try_at, created_at) > now() + make_interval(secs => greatest($1, 0)))
          ORDER BY next_try_at LIMIT 500`,
        [bySeconds],
      );
      return rows.map(({ id }) => id);
    },
  };
}

function toRecord(row: DeliveryRow): DeliveryRecord {
  return {
    id: row.id,
    jobId: row.job_id,
    status: row.status,
    tries: row.tries,
    createdAt: row.created_at,
    lastTryAt: row.last_try_at,
    nextTryAt: row.next_try_at,
    lastAnswer: row.last_answer,
  };
}
