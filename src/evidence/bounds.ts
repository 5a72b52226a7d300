/** A netstat a minute for a week fits in; beyond it the file is no companion any more. */
export const EVIDENCE_BYTES_LIMIT = 512 << 20;
