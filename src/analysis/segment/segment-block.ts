import * as layout from './block-layout.ts';
import { tupleHash } from './four-tuple.ts';
import { ACK, type Segment, SYN } from './segment.ts';

const { ACKNOWLEDGED, CONTEXT, COPY, FRAME, FROM_LEFT, HASH, KIN, LEFT, LENGTH, NAMED, PLACE, PORTS } = layout;
const { PROCESS, RIGHT, SEQ, V6, WIRE_LENGTH, WORDS } = layout;

/** TCP flags as they stand in `PLACE`. */
const SYN_FLAG = SYN << layout.FLAGS_SHIFT;
const ACK_FLAG = ACK << layout.FLAGS_SHIFT;

/**
 * A segment as the tracker takes it: on its four-tuple, whose two ends are sorted by address and port. One instance is
 * refilled for every segment.
 */
export class TupleSegment {
  capture = 0;
  frame = 0;
  time = Number.NaN;
  v6 = false;
  left = 0;
  right = 0;
  /** Port of the left end * 65536 + port of the right end. */
  ports = 0;
  /** Of the four-tuple: see `tupleHash`. */
  hash = 0;
  fromLeft = true;
  seq = 0;
  ack = 0;
  flags = 0;
  length = 0;
  wireLength = 0;
  /** As in `Segment`. */
  process = 0;
  /** The same number for the same process, whichever capture names it; 0 for none. */
  kin = 0;
  /** The process only ran when the packet was logged: see `NamedProcesses.isContext`. */
  ofContext = false;
}

/**
 * Segments in the order of the timeline, as they go from the reading half of the pipeline to the tracking half: rows of
 * one buffer, which two threads may share.
 */
export class SegmentBlock {
  count = 0;
  readonly capacity: number;
  /** The rows, as block-layout.ts has them. */
  readonly times: Float64Array;
  readonly words: Int32Array;

  /** `buffer` has room for `SegmentBlock.octets(capacity)` at `offset`, a multiple of 8. */
  constructor(
    capacity: number,
    buffer: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(SegmentBlock.octets(capacity)),
    offset = 0,
  ) {
    this.capacity = capacity;
    this.times = new Float64Array(buffer, offset, capacity);
    this.words = new Int32Array(buffer, offset + capacity * 8, capacity * WORDS);
  }

  static octets(capacity: number): number {
    return capacity * (8 + WORDS * 4);
  }

  /** Appends the segment; there must be room. Answers its index. */
  add(segment: Segment): number {
    const { source, destination, sourcePort, destinationPort } = segment;
    const fromLeft = source >>> 0 < destination >>> 0 || (source === destination && sourcePort < destinationPort);
    const left = fromLeft ? source : destination;
    const right = fromLeft ? destination : source;
    const ports = fromLeft ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    const marks = (fromLeft ? FROM_LEFT : 0) | (segment.family === 6 ? V6 : 0) | (segment.process !== 0 ? NAMED : 0);
    const index = this.count++;
    const words = this.words;
    const at = index * WORDS;
    words[at + LEFT] = left;
    words[at + RIGHT] = right;
    words[at + PORTS] = ports;
    words[at + HASH] = tupleHash(left, right, ports);
    words[at + SEQ] = segment.seq;
    words[at + ACKNOWLEDGED] = segment.ack;
    words[at + LENGTH] = segment.length;
    words[at + WIRE_LENGTH] = segment.wireLength;
    words[at + FRAME] = segment.frame;
    words[at + PLACE] = (segment.capture << 16) | (segment.flags << 8) | marks;
    words[at + PROCESS] = segment.process;
    words[at + KIN] = 0;
    this.times[index] = segment.time;
    return index;
  }

  /** Moves the last segment before those that are later than it, but not before one that is later by `reach` or more. */
  sortLast(reach: number): void {
    const times = this.times;
    const words = this.words;
    const last = this.count - 1;
    const time = times[last]!;
    let at = last;
    while (at > 0 && times[at - 1]! > time && times[at - 1]! - time < reach) at--;
    if (at === last) return;
    const row = words.slice(last * WORDS, (last + 1) * WORDS);
    words.copyWithin((at + 1) * WORDS, at * WORDS, last * WORDS);
    words.set(row, at * WORDS);
    times.copyWithin(at + 1, at, last);
    times[at] = time;
  }

  /** Index of the first segment at the end that is later than `time`, of the last `most`. */
  tailAfter(time: number, most: number): number {
    let at = this.count;
    while (at > 0 && this.count - at < most && this.times[at - 1]! > time) at--;
    return at;
  }

  /** Appends rows [first, end) of another block; there must be room. */
  append(from: SegmentBlock, first: number, end: number): void {
    this.words.set(from.words.subarray(first * WORDS, end * WORDS), this.count * WORDS);
    this.times.set(from.times.subarray(first, end), this.count);
    this.count += end - first;
  }

  /** Takes the rows before `first` away. */
  dropBefore(first: number): void {
    this.words.copyWithin(0, first * WORDS, this.count * WORDS);
    this.times.copyWithin(0, first, this.count);
    this.count -= first;
  }

  /** Hash of the four-tuple of the segment at `index`. */
  hash(index: number): number {
    return this.words[index * WORDS + HASH]!;
  }

  /** The segment at `index` has SYN set and ACK clear. */
  isSyn(index: number): boolean {
    return (this.words[index * WORDS + PLACE]! & (SYN_FLAG | ACK_FLAG)) === SYN_FLAG;
  }

  /** The same for the direction that the segment goes in. */
  directedHash(index: number): number {
    const at = index * WORDS;
    const hash = this.words[at + HASH]!;
    return this.words[at + PLACE]! & FROM_LEFT ? hash : ~hash;
  }

  markCopy(index: number): void {
    this.words[index * WORDS + PLACE]! |= COPY;
  }

  markProcess(index: number, kin: number, ofContext: boolean): void {
    const at = index * WORDS;
    this.words[at + KIN] = kin;
    if (ofContext) this.words[at + PLACE]! |= CONTEXT;
  }

  get(index: number, segment: TupleSegment): void {
    const words = this.words;
    const at = index * WORDS;
    const place = words[at + PLACE]!;
    segment.capture = place >>> 16;
    segment.frame = words[at + FRAME]! >>> 0;
    segment.time = this.times[index]!;
    segment.v6 = (place & V6) !== 0;
    segment.left = words[at + LEFT]!;
    segment.right = words[at + RIGHT]!;
    segment.ports = words[at + PORTS]!;
    segment.hash = words[at + HASH]!;
    segment.fromLeft = (place & FROM_LEFT) !== 0;
    segment.seq = words[at + SEQ]!;
    segment.ack = words[at + ACKNOWLEDGED]!;
    segment.flags = (place >>> 8) & 0xff;
    segment.length = words[at + LENGTH]! >>> 0;
    segment.wireLength = words[at + WIRE_LENGTH]! >>> 0;
    segment.process = words[at + PROCESS]!;
    segment.kin = words[at + KIN]!;
    segment.ofContext = (place & CONTEXT) !== 0;
  }
}
