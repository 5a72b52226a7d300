import type { RecordReader } from '../bytes/record-window.ts';
import type { CaptureProcesses } from '../segment/capture-processes.ts';
import { NETMON_MAGICS, NetmonSource } from './netmon.ts';
import { pcapSource } from './pcap.ts';
import { PcapngSource, SECTION_HEADER } from './pcapng.ts';
import type { RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';
import { refusalOf, TELLING } from './refusals.ts';
import { SNOOP_MAGIC, SnoopSource } from './snoop.ts';
import type { ReadError } from './summary.ts';

/** Octets that tell every format that is read here. */
const SNIFFED = 8;

/** Looks at the first octets of a file and reads on with the format that they show; a name never counts. */
export class DetectedSource implements RecordReader {
  /** Null until the first octets are there. */
  source: RecordSource | null = null;
  origin = 0;
  #needed = SNIFFED;
  #error: ReadError | null = null;
  readonly #tally: RecordTally;
  readonly #processes: CaptureProcesses;

  constructor(tally: RecordTally, processes: CaptureProcesses) {
    this.#tally = tally;
    this.#processes = processes;
  }

  get needed(): number {
    return this.source?.needed ?? this.#needed;
  }

  get stopped(): boolean {
    return this.#error !== null || this.source?.stopped === true;
  }

  get error(): ReadError | null {
    return this.#error ?? this.source?.error ?? null;
  }

  read(view: DataView, offset: number, end: number): number {
    if (this.source === null) this.#detect(view, offset, end);
    if (this.source === null) return offset;
    this.source.origin = this.origin;
    return this.source.read(view, offset, end);
  }

  #detect(view: DataView, offset: number, end: number): void {
    if (end - offset < SNIFFED) return;
    this.source = sourceOf(view, offset, this.#tally, this.#processes);
    if (this.source !== null) return;
    this.#needed = TELLING;
    if (end - offset >= TELLING) this.#refuse(view, offset, end);
  }

  end(view: DataView, offset: number, end: number): void {
    if (this.stopped) return;
    if (this.source !== null) {
      this.source.origin = this.origin;
      this.source.end(view, offset, end);
    } else if (end === offset) {
      this.#error = { code: 'capture-empty', message: 'the file holds 0 octets', offset: 0 };
    } else this.#refuse(view, offset, end);
  }

  #refuse(view: DataView, offset: number, end: number): void {
    const refusal = refusalOf(view, offset, end);
    if (refusal === null) this.#error = notRecognised(view, offset, end);
    else {
      const message = `the file is ${refusal.name}; ${refusal.advice}`;
      this.#error = { code: 'capture-format-unsupported', message, offset: 0 };
    }
  }
}

function sourceOf(
  view: DataView,
  offset: number,
  tally: RecordTally,
  processes: CaptureProcesses,
): RecordSource | null {
  const magic = view.getUint32(offset);
  if (magic === SECTION_HEADER) return new PcapngSource(tally, processes);
  if (magic === NETMON_MAGICS[0] || magic === NETMON_MAGICS[1]) return new NetmonSource(tally);
  if (magic === SNOOP_MAGIC[0] && view.getUint32(offset + 4) === SNOOP_MAGIC[1]) return new SnoopSource(tally);
  return pcapSource(view, offset, tally);
}

function notRecognised(view: DataView, offset: number, end: number): ReadError {
  const first: string[] = [];
  for (let at = offset; at < Math.min(end, offset + SNIFFED); at++) {
    first.push(view.getUint8(at).toString(16).padStart(2, '0'));
  }
  const message = `the file begins with ${first.join(' ')}, which is no capture format known here`;
  return { code: 'capture-not-recognised', message, offset: 0 };
}
