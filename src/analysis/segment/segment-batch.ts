import type { Segment, SegmentSink } from './segment.ts';

const FIRST_CAPACITY = 1024;
const NO_PROCESSES = new Int32Array(0);

/**
 * Segments of one capture as typed columns, first in, first out: what a reader makes of one chunk, so the memory is
 * bounded by the chunk (60 octets a segment, at most one for every 70 octets read).
 */
export class SegmentBatch implements SegmentSink {
  #capture = 0;
  #head = 0;
  #count = 0;
  #time = new Float64Array(FIRST_CAPACITY);
  #frame = new Uint32Array(FIRST_CAPACITY);
  #family = new Uint8Array(FIRST_CAPACITY);
  #source = new Int32Array(FIRST_CAPACITY);
  #destination = new Int32Array(FIRST_CAPACITY);
  #sourcePort = new Uint16Array(FIRST_CAPACITY);
  #destinationPort = new Uint16Array(FIRST_CAPACITY);
  #seq = new Int32Array(FIRST_CAPACITY);
  #ack = new Int32Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);
  #length = new Uint32Array(FIRST_CAPACITY);
  #window = new Uint16Array(FIRST_CAPACITY);
  #identity = new Int32Array(FIRST_CAPACITY);
  #wireLength = new Uint32Array(FIRST_CAPACITY);
  /** From the first segment on that has one. */
  #process: Int32Array | null = null;

  get empty(): boolean {
    return this.#head === this.#count;
  }

  /** Time of the next segment; there must be one. NaN where it has none. */
  get nextTime(): number {
    return this.#time[this.#head]!;
  }

  accept(segment: Segment): void {
    if (this.empty) this.#head = this.#count = 0;
    const row = this.#count++;
    if (row === this.#time.length) this.#grow();
    this.#capture = segment.capture;
    this.#time[row] = segment.time;
    this.#frame[row] = segment.frame;
    this.#family[row] = segment.family;
    this.#source[row] = segment.source;
    this.#destination[row] = segment.destination;
    this.#sourcePort[row] = segment.sourcePort;
    this.#destinationPort[row] = segment.destinationPort;
    this.#seq[row] = segment.seq;
    this.#ack[row] = segment.ack;
    this.#flags[row] = segment.flags;
    this.#length[row] = segment.length;
    this.#window[row] = segment.window;
    this.#identity[row] = segment.identity;
    this.#wireLength[row] = segment.wireLength;
    if (segment.process !== 0 || this.#process !== null) this.#putProcess(row, segment.process);
  }

  #putProcess(row: number, process: number): void {
    if (this.#process === null || row >= this.#process.length) {
      this.#process = grown(this.#process ?? NO_PROCESSES, new Int32Array(this.#time.length));
    }
    this.#process[row] = process;
  }

  /** Takes the next segment out, into `segment`; there must be one. */
  take(segment: Segment): void {
    const row = this.#head++;
    segment.capture = this.#capture;
    segment.time = this.#time[row]!;
    segment.frame = this.#frame[row]!;
    segment.family = this.#family[row]!;
    segment.source = this.#source[row]!;
    segment.destination = this.#destination[row]!;
    segment.sourcePort = this.#sourcePort[row]!;
    segment.destinationPort = this.#destinationPort[row]!;
    segment.seq = this.#seq[row]!;
    segment.ack = this.#ack[row]!;
    segment.flags = this.#flags[row]!;
    segment.length = this.#length[row]!;
    segment.window = this.#window[row]!;
    segment.identity = this.#identity[row]!;
    segment.wireLength = this.#wireLength[row]!;
    segment.process = this.#process === null ? 0 : this.#process[row]!;
  }

  #grow(): void {
    const capacity = this.#time.length * 2;
    this.#time = grown(this.#time, new Float64Array(capacity));
    this.#frame = grown(this.#frame, new Uint32Array(capacity));
    this.#family = grown(this.#family, new Uint8Array(capacity));
    this.#source = grown(this.#source, new Int32Array(capacity));
    this.#destination = grown(this.#destination, new Int32Array(capacity));
    this.#sourcePort = grown(this.#sourcePort, new Uint16Array(capacity));
    this.#destinationPort = grown(this.#destinationPort, new Uint16Array(capacity));
    this.#seq = grown(this.#seq, new Int32Array(capacity));
    this.#ack = grown(this.#ack, new Int32Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#length = grown(this.#length, new Uint32Array(capacity));
    this.#window = grown(this.#window, new Uint16Array(capacity));
    this.#identity = grown(this.#identity, new Int32Array(capacity));
    this.#wireLength = grown(this.#wireLength, new Uint32Array(capacity));
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}
