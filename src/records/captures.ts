import { isId } from '../contract/ids.ts';
import type { Database } from './database.ts';
import { noteLeftovers } from './leftovers.ts';
import { cutPage, seqOfCursor } from './page.ts';
import type { CaptureRecord, CaptureRecords } from './records.ts';

interface CaptureRow {
  id: string;
  seq: string;
  kind: 'capture' | 'evidence';
  name: string;
  bytes: string;
  sha256: string;
  created_at: Date;
}

const COLUMNS = 'id, seq, kind, name, bytes, sha256, created_at';

export function captureRecords(database: Database): CaptureRecords {
  return {
    async create({ id, kind, name, bytes, sha256 }) {
      const { rows } = await database.query<CaptureRow>(
        `WITH recorded AS (DELETE FROM portledger.leftover WHERE id = $1)
         INSERT INTO portledger.capture (id, kind, name, bytes, sha256) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
        [id, kind, storable(name), bytes, sha256],
      );
      return toRecord(rows[0]!);
    },

    async find(id) {
      if (!isId(id)) return null;
      const { rows } = await database.query<CaptureRow>(`SELECT ${COLUMNS} FROM portledger.capture WHERE id = $1`, [
        id,
      ]);
      return rows[0] === undefined ? null : toRecord(rows[0]);
    },

    async list({ limit, cursor }) {
      const { rows } = await database.query<CaptureRow>(
        `SELECT ${COLUMNS} FROM portledger.capture WHERE $1::bigint IS NULL OR seq < $1 ORDER BY seq DESC LIMIT $2`,
        [seqOfCursor(cursor), limit + 1],
      );
      const { page, nextCursor } = cutPage(rows, limit);
      return { captures: page.map(toRecord), nextCursor };
    },

    async remove(id) {
      return isId(id) ? removeUnlessNeeded(database, id) : 'absent';
    },
  };
}

/** The lock makes a job that is being created with this capture wait, and then find it gone. */
function removeUnlessNeeded(database: Database, id: string): Promise<'removed' | 'in-use' | 'absent'> {
  return database.transaction(async (transaction) => {
    const locked = await transaction.query('SELECT 1 FROM portledger.capture WHERE id = $1 FOR UPDATE', [id]);
    if (locked.count === 0) return 'absent';
    const needed = await transaction.query(
      `SELECT 1 FROM portledger.job_capture JOIN portledger.job ON job.id = job_id
        WHERE capture_id = $1 AND status IN ('queued', 'active') LIMIT 1`,
      [id],
    );
    if (needed.count > 0) return 'in-use';
    await transaction.query('DELETE FROM portledger.capture WHERE id = $1', [id]);
    await noteLeftovers(transaction, 'capture', [id]);
    return 'removed';
  });
}

/** PostgreSQL's text cannot hold a NUL character. */
const storable = (name: string) => name.replaceAll('\0', '');

function toRecord(row: CaptureRow): CaptureRecord {
  const { id, kind, name, sha256, created_at: createdAt } = row;
  return { id, kind, name, bytes: Number(row.bytes), sha256, createdAt };
}
