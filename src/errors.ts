/**
 * Every error code of portledger, once. The code is stable and is what callers match; the title is its meaning.
 * A thrown PortledgerError carries the sentence with the numbers; `cause` is for the log alone.
 * The HTTP status of a code is known to `http/problem.ts` only.
 */
export const ERRORS = {
  // captures
  'capture-empty': 'The file is empty',
  'capture-not-recognised': 'The file is not a packet capture that is known here',
  'capture-format-unsupported': 'The file is of a capture format that is not read here',
  'link-type-unsupported': 'The link type is not read here',
  'record-cut': 'The file ends inside a record',
  'record-length-invalid': 'A record is longer than any record may be',
  'block-length-invalid': 'A block has an impossible length',
  'file-header-cut': 'The file ends inside its header',
  'timestamp-out-of-range': 'A timestamp lies before 1970 or beyond what can be told',
  'decompression-failed': 'The compressed data is damaged',
  'decompression-limit': 'The compressed data grows beyond the limit',
  'file-unreadable': 'The file cannot be read',
  // usage
  'option-invalid': 'An option has a value that it cannot have',
  'option-unknown': 'An option does not exist',
  usage: 'The command line cannot be understood',
} as const;

export type ErrorCode = keyof typeof ERRORS;

export class PortledgerError extends Error {
  readonly code: ErrorCode;
  /** Byte offset in the (decompressed) file where that matters. */
  readonly offset: number | null;

  constructor(code: ErrorCode, message: string, details: { offset?: number; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.name = 'PortledgerError';
    this.code = code;
    this.offset = details.offset ?? null;
  }
}
