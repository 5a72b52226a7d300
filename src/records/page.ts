/** Lists are read newest first, from behind the last row of the page before: rows that come meanwhile shift nothing. */
import { PortledgerError } from '../errors.ts';

const SEQ = /^\d{1,18}$/;

/** The row number behind which a page begins. Throws `cursor-invalid`. */
export function seqOfCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const seq = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!SEQ.test(seq) || cursorOfSeq(seq) !== cursor) {
    throw new PortledgerError('cursor-invalid', `"${cursor.slice(0, 40)}" is not a cursor that was given out here`);
  }
  return seq;
}

const cursorOfSeq = (seq: string) => Buffer.from(seq, 'latin1').toString('base64url');

/** `rows` were asked for with one more than `limit`: the extra one says that there is a next page. */
export function cutPage<Row extends { seq: string }>(
  rows: Row[],
  limit: number,
): { page: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { page, nextCursor: rows.length > limit ? cursorOfSeq(page.at(-1)!.seq) : null };
}
