/**
 * The place where a page ended, as an opaque word: the last row's number and its value in the sorted column. The next
 * page begins behind both, so rows of equal value are neither skipped nor repeated.
 */
import type { Column } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';
import type { Value } from './values.ts';

export interface Cursor {
  readonly row: number;
  /** Of the sorted column; null without a sort, or when the row has no value there. */
  readonly value: Value | null;
}

const MAX_LENGTH = 512;

export function encodeCursor(fingerprint: string, cursor: Cursor): string {
  const value = typeof cursor.value === 'bigint' ? String(cursor.value) : cursor.value;
  return Buffer.from(JSON.stringify([fingerprint, cursor.row, value])).toString('base64url');
}

/** Throws `cursor-invalid` for what `encodeCursor` did not make for this query. */
export function decodeCursor(token: string, fingerprint: string, sorted: Column | null): Cursor {
  const parts = token.length <= MAX_LENGTH ? parsed(token) : null;
  if (!Array.isArray(parts) || parts.length !== 3) throw invalid('it is not one that was given out here');
  const [print, row, stored] = parts as unknown[];
  if (print !== fingerprint) throw invalid('it was given out for another table, other filters or another sort');
  const value = sorted === null ? null : storedValue(sorted, stored);
  if (!Number.isSafeInteger(row) || (row as number) < 0 || value === undefined) throw invalid('it was altered');
  return { row: row as number, value };
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return null;
  }
}

/** Undefined when the column cannot have it. */
function storedValue(column: Column, stored: unknown): Value | null | undefined {
  if (stored === null) return column.nullable ? null : undefined;
  switch (column.type) {
    case 'integer':
      return Number.isSafeInteger(stored) ? (stored as number) : undefined;
    case 'number':
      return typeof stored === 'number' ? stored : undefined;
    case 'boolean':
      return typeof stored === 'boolean' ? stored : undefined;
    case 'time':
      return typeof stored === 'string' && /^-?\d{1,19}$/.test(stored) ? inRange(BigInt(stored)) : undefined;
    default:
      return typeof stored === 'string' ? stored : undefined;
  }
}

function inRange(nanoseconds: bigint): bigint | undefined {
  return BigInt.asIntN(64, nanoseconds) === nanoseconds ? nanoseconds : undefined;
}

function invalid(why: string): PortledgerError {
  return new PortledgerError('cursor-invalid', `The cursor cannot be used: ${why}. Begin again without it`);
}
