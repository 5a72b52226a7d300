import type { ErrorCode } from '../../errors.ts';
import type { RecordReader } from '../bytes/record-window.ts';
import type { LinkType } from '../packet/link-types.ts';
import type { CaptureFormat, ProcessSocket, ReadError } from './summary.ts';

/**
 * No packet is longer: libpcap's MAXIMUM_SNAPLEN and Wireshark's limit for every link type that is read here. A larger
 * number is damage or another variant of the format.
 */
export const MAX_CAPTURED = 262_144;

/** What one interface of a capture is, and what happened on it. */
export class CaptureInterface {
  readonly linkType: LinkType;
  /** The layer that its frames begin with; DONE where they are counted only. */
  readonly layer: number;
  readonly snaplen: number;
  /** The capture filter as text, null where there was none or the file does not tell. */
  readonly filter: string | null;
  packets = 0;
  dropped: number | null = null;

  constructor(type: LinkType, snaplen: number, filter: string | null = null) {
    this.linkType = type;
    this.layer = type.layer;
    this.snaplen = snaplen;
    this.filter = filter;
  }
}

/** A capture format: takes windows of octets apart into records. */
export abstract class RecordSource implements RecordReader {
  abstract readonly format: CaptureFormat;
  readonly interfaces: CaptureInterface[] = [];
  localTimes = false;
  processes: readonly ProcessSocket[] = [];
  origin = 0;
  needed = 0;
  stopped = false;
  /** What is wrong with the file; with `stopped` it was not read on. */
  error: ReadError | null = null;

  abstract read(view: DataView, offset: number, end: number): number;

  /** Ends the reading; `offset` is the file's. Always false: the file cannot be read on. */
  protected fail(code: ErrorCode, offset: number, message: string): false {
    this.stopped = true;
    this.error = { code, message, offset };
    return false;
  }

  /** Something is wrong that does not keep the rest from being read; the first of these is told. */
  protected note(code: ErrorCode, offset: number, message: string): void {
    this.error ??= { code, message, offset };
  }

  /** The file is over, and [offset, end) of `view` was not read: an unfinished record, if any. */
  end(_view: DataView, offset: number, end: number): void {
    const left = end - offset;
    if (left === 0 || this.stopped) return;
    const at = this.origin + offset;
    const [code, what] =
      at === 0 ? (['file-header-cut', 'its header'] as const) : (['record-cut', 'a record'] as const);
    this.fail(code, at, `the file ends inside ${what} at ${at}: ${left} of ${this.needed} octets are there`);
  }
}
