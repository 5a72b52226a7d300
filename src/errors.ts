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
  'section-header-invalid': 'A section of a pcapng file begins with a header that is not known here',
  'interface-undescribed': 'A packet belongs to an interface that the file does not describe',
  'file-header-cut': 'The file ends inside its header',
  'timestamp-out-of-range': 'A timestamp lies before 1970 or beyond what can be told',
  'decompression-failed': 'The compressed data is damaged',
  'decompression-limit': 'The compressed data grows beyond the limit',
  'file-unreadable': 'The file cannot be read',
  // requests
  'not-found': 'There is nothing at this address',
  'job-not-found': 'There is no such job',
  'capture-not-found': 'There is no such capture',
  'method-not-allowed': 'The method is not allowed here',
  'not-acceptable': 'None of the accepted media types can be given',
  'media-type-unsupported': 'The media type of the body is not taken here',
  unauthorized: 'A valid API key is needed',
  'origin-refused': 'Pages of other sites may not do this',
  'host-refused': 'The service is not known under the name that the request was sent to',
  'headers-too-large': 'The head of the request is larger than the limit',
  'request-invalid': 'The request does not have the shape that is needed',
  'field-unknown': 'A field does not exist',
  'query-unknown': 'A query field does not exist',
  'query-invalid': 'A query field has a value that it cannot have',
  'cursor-invalid': 'The cursor is not one that was given out here',
  'body-empty': 'The body is empty',
  'body-malformed': 'The body cannot be read as its media type says',
  'body-incomplete': 'The body broke off before its end',
  'body-too-slow': 'The body stopped arriving',
  'body-too-large': 'The body is larger than the limit',
  'digest-mismatch': 'The body does not have the digest that was sent with it',
  'digest-unsupported': 'The digest is not of an algorithm that is checked here',
  'range-not-satisfiable': 'The range lies outside the content',
  'expectation-failed': 'The request expects something that is not done here',
  'job-unfinished': 'The job is not finished',
  'job-without-result': 'The job ended without a result',
  'job-finished': 'The job has already ended',
  'capture-in-use': 'A job that is not finished needs the capture',
  'idempotency-key-invalid': 'The idempotency key cannot be used',
  'idempotency-in-flight': 'The first request with this idempotency key is not answered yet',
  'idempotency-mismatch': 'The idempotency key was used with another request',
  'webhook-address-refused': 'The address of the webhook is not one that may be called',
  // service
  'storage-full': 'There is no space left for captures and results',
  unavailable: 'A part of the service cannot be reached',
  internal: 'Something went wrong in the service',
  // analysis
  'analysis-crashed': 'The analysis ended without a result',
  'analysis-memory': 'The analysis needed more memory than it may have',
  'analysis-time': 'The analysis took longer than it may',
  // start
  'configuration-invalid': 'An environment variable has a value that it cannot have',
  'data-directory-in-use': 'Another process works on the data directory',
  // tables
  'column-unknown': 'The table has no such column',
  'filter-invalid': 'A filter has an operator or a value that the column cannot have',
  'sort-invalid': 'The table cannot be sorted by this',
  'limit-invalid': 'The limit is not a whole number from 1 to 10,000',
  'table-unreadable': 'The table cannot be read',
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
