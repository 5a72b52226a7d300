import type { Queryable } from './database.ts';

/** Of these ids, those that no row of the table has. */
export async function unknownIds(
  database: Queryable,
  table: 'capture' | 'job',
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `SELECT id FROM unnest($1::text[]) AS asked (id)
      WHERE NOT EXISTS (SELECT 1 FROM portledger.${table} AS known WHERE known.id = asked.id)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
