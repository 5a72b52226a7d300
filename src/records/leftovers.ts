import type { Database, Queryable } from './database.ts';
import type { Leftover, LeftoverRecords } from './records.ts';

export function leftoverRecords(database: Database): LeftoverRecords {
  return {
    expect: (captureIds) => noteLeftovers(database, 'capture', captureIds),

    async notedBefore(seconds) {
      const { rows } = await database.query<Leftover>(
        `SELECT id, kind FROM portledger.leftover WHERE noted_at < now() - make_interval(secs => $1)
          ORDER BY noted_at LIMIT 500`,
        [seconds],
      );
      return rows;
    },

    async forget(ids) {
      await database.query('DELETE FROM portledger.leftover WHERE id = ANY ($1::text[])', [ids]);
    },
  };
}

/** In the transaction that removes a record: its files go afterwards, and whoever does that may be killed. */
export async function noteLeftovers(
  database: Queryable,
  kind: Leftover['kind'],
  ids: readonly string[],
): Promise<void> {
  await database.query(
    `INSERT INTO portledger.leftover (id, kind) SELECT id, $1 FROM unnest($2::text[]) AS noted (id)
     ON CONFLICT (id) DO NOTHING`,
    [kind, ids],
  );
}
