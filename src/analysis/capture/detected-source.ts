import type { RecordReader } from '../bytes/record-window.ts';
import { PcapSource, pcapVariant } from './pcap.ts';
import { PcapngSource, SECTION_HEADER } from './pcapng.ts';
import type { RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';
import type { ReadError } from './summary.ts';

/** Octets that tell every format that is known here. */
const SNIFFED = 8;

/** Looks at the first octets of a file and reads on with the format that they show. */
export class DetectedSource implements RecordReader {
  /** Null until the first octets are there. */
  source: RecordSource | null = null;
  #error: ReadError | null = null;
  #origin = 0;
  readonly #tally: RecordTally;

  constructor(tally: RecordTally) {
    this.#tally = tally;
  }

  set origin(origin: number) {
    this.#origin = origin;
    if (this.source !== null) this.source.origin = origin;
  }

  get origin(): number {
    return this.#origin;
  }

  get needed(): number {
    return this.source?.needed ?? SNIFFED;
  }

  get stopped(): boolean {
    return this.#error !== null || this.source?.stopped === true;
  }

  get error(): ReadError | null {
    return this.#error ?? this.source?.error ?? null;
  }

  read(view: DataView, offset: number, end: number): number {
    if (this.source === null) {
      if (end - offset < SNIFFED) return offset;
      this.#detect(view, offset, end);
    }
    return this.source === null ? offset : this.source.read(view, offset, end);
  }

  #detect(view: DataView, offset: number, end: number): void {
    this.source = sourceOf(view, offset, this.#tally);
    if (this.source === null) this.#error = notRecognised(view, offset, end);
    else this.source.origin = this.#origin;
  }

  /** The file is over at `position` with `left` octets not read. */
  end(position: number, left: number): void {
    if (this.stopped) return;
    if (position === 0) this.#error = { code: 'capture-empty', message: 'the file holds 0 octets', offset: 0 };
    else if (this.source === null) this.#error = tooShort(position);
    else this.source.end(position - left, left);
  }
}

/** Content alone decides, never a name. */
function sourceOf(view: DataView, offset: number, tally: RecordTally): RecordSource | null {
  const magic = view.getUint32(offset);
  if (magic === SECTION_HEADER) return new PcapngSource(tally);
  const pcap = pcapVariant(magic, view.getUint32(offset, true));
  return pcap === null ? null : new PcapSource(pcap, tally);
}

function notRecognised(view: DataView, offset: number, end: number): ReadError {
  const first: string[] = [];
  for (let at = offset; at < Math.min(end, offset + SNIFFED); at++) {
    first.push(view.getUint8(at).toString(16).padStart(2, '0'));
  }
  const message = `the file begins with ${first.join(' ')}, which is no capture format known here`;
  return { code: 'capture-not-recognised', message, offset: 0 };
}

function tooShort(length: number): ReadError {
  const message = `the file has ${length} octets; the shortest capture header has 16`;
  return { code: 'file-header-cut', message, offset: 0 };
}
