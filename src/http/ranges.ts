/** Byte ranges (RFC 9110 section 14): one range; several at once are answered with the whole, which is allowed. */
import { PortledgerError } from '../errors.ts';

export interface ByteRange {
  readonly start: number;
  /** The last byte, included. */
  readonly end: number;
}

/**
 * The range that is asked for of so many bytes; null where the whole is to be sent: no range, a form that is not known,
 * or an If-Range of another content. Throws `range-not-satisfiable`.
 */
export function rangeOf(
  range: string | undefined,
  ifRange: string | undefined,
  etag: string,
  bytes: number,
): ByteRange | null {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(range ?? '');
  if (match === null || (ifRange !== undefined && ifRange !== etag)) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') return suffix(Number(last), bytes);
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= bytes) throw unsatisfiable(bytes);
  return { start, end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}

function suffix(length: number, bytes: number): ByteRange {
  if (length === 0 || bytes === 0) throw unsatisfiable(bytes);
  return { start: Math.max(0, bytes - length), end: bytes - 1 };
}

function unsatisfiable(bytes: number): PortledgerError {
  return new PortledgerError(
    'range-not-satisfiable',
    `The content has ${bytes} bytes, and none of them is in the range`,
  );
}
