import type { ErrorCode } from '../../errors.ts';
import type { RecordReader } from '../bytes/record-window.ts';
import type { CaptureFormat, ReadError } from './summary.ts';

/**
 * No packet is longer: libpcap's MAXIMUM_SNAPLEN and Wireshark's limit for every link type that is read here. A larger
 * number is damage or another variant of the format.
 */
export const MAX_CAPTURED = 262_144;

/** What one interface of a capture is, and what happened on it. */
export class CaptureInterface {
  readonly linkType: number;
  readonly snaplen: number;
  packets = 0;
  dropped: number | null = null;

  constructor(linkType: number, snaplen: number) {
    this.linkType = linkType;
    this.snaplen = snaplen;
  }
}

/** A capture format: takes windows of octets apart into records. */
export abstract class RecordSource implements RecordReader {
  abstract readonly format: CaptureFormat;
  readonly interfaces: CaptureInterface[] = [];
  origin = 0;
  needed = 0;
  stopped = false;
  /** Set where the file cannot be read on. */
  error: ReadError | null = null;

  abstract read(view: DataView, offset: number, end: number): number;

  /** Ends the reading; `offset` is the file's. */
  protected fail(code: ErrorCode, offset: number, message: string): void {
    this.stopped = true;
    this.error ??= { code, message, offset };
  }

  /** The file is over with `left` octets of an unfinished record at `offset`. */
  end(offset: number, left: number): void {
    if (left === 0 || this.stopped) return;
    this.fail(
      'record-cut',
      offset,
      `the file ends inside the record at ${offset}: ${left} of ${this.needed} octets are there`,
    );
  }
}
