import type { TupleSegment } from '../segment/segment-block.ts';
import * as layout from './row-layout.ts';

const { BYTES, DOUBLES_SHIFT, END, FACTS, ISN, LAST_PAYLOAD, LEFT, LONGEST_PAUSE, NEXT_LEFT, NEXT_RIGHT } = layout;
const { PACKETS, PORTS, RIGHT, ROW_OCTETS, WORDS_SHIFT } = layout;

const MIN_ROWS = 1024;
/** What the column can hold. */
const MAX_SYN_PACKETS = 0xffff;

/**
 * The rows that the tracker works on. The two ends of a connection are `left` and `right`, sorted by address and port:
 * who is the client is decided when the capture has ended (roles.ts).
 */
export class SessionColumns {
  count = 0;
  #capacity: number;
  /** Most analyses have one capture, and never touch `lastCapture`. */
  severalCaptures = false;
  /** The rows, as row-layout.ts has them. */
  words: Int32Array;
  doubles: Float64Array;
  floats: Float32Array;
  start: Float64Array;
  closed: Float64Array;
  synPackets: Uint16Array;
  firstFrame: Uint32Array;
  capture: Uint16Array;
  lastCapture: Uint16Array;
  previous: Int32Array;
  /** The newest row of the tuple when this one was opened, -1 for none. */
  before: Int32Array;
  /** Acknowledgment numbers of first FINs beyond what the other end was seen to send: rare, so no column. */
  readonly unseenAtFin = new Map<number, number>();

  constructor(expectedRows: number) {
    const rows = Math.max(MIN_ROWS, Math.ceil(expectedRows));
    this.#capacity = rows;
    const buffer = new ArrayBuffer(rows * ROW_OCTETS);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.floats = new Float32Array(buffer);
    this.start = new Float64Array(rows);
    this.closed = new Float64Array(rows);
    this.synPackets = new Uint16Array(rows);
    this.firstFrame = new Uint32Array(rows);
    this.capture = new Uint16Array(rows);
    this.lastCapture = new Uint16Array(rows);
    this.previous = new Int32Array(rows);
    this.before = new Int32Array(rows);
  }

  /** A new row for the two ends; the other columns are zero, times unknown. */
  add(left: number, right: number, ports: number, facts: number): number {
    if (this.count === this.#capacity) this.#grow();
    const row = this.count++;
    const word = row << WORDS_SHIFT;
    this.words[word + LEFT] = left;
    this.words[word + RIGHT] = right;
    this.words[word + PORTS] = ports;
    this.words[word + FACTS] = facts;
    this.doubles[(row << DOUBLES_SHIFT) + LAST_PAYLOAD] = Number.NaN;
    this.closed[row] = Number.NaN;
    this.previous[row] = -1;
    return row;
  }

  left(row: number): number {
    return this.words[(row << WORDS_SHIFT) + LEFT]!;
  }

  right(row: number): number {
    return this.words[(row << WORDS_SHIFT) + RIGHT]!;
  }

  ports(row: number): number {
    return this.words[(row << WORDS_SHIFT) + PORTS]!;
  }

  facts(row: number): number {
    return this.words[(row << WORDS_SHIFT) + FACTS]!;
  }

  setFacts(row: number, facts: number): void {
    this.words[(row << WORDS_SHIFT) + FACTS] = facts;
  }

  isn(row: number): number {
    return this.words[(row << WORDS_SHIFT) + ISN]!;
  }

  setIsn(row: number, isn: number): void {
    this.words[(row << WORDS_SHIFT) + ISN] = isn;
  }

  /** The `next` of the left or the right end. */
  next(row: number, ofLeft: boolean): number {
    return this.words[(row << WORDS_SHIFT) + (ofLeft ? NEXT_LEFT : NEXT_RIGHT)]!;
  }

  setNext(row: number, ofLeft: boolean, next: number): void {
    this.words[(row << WORDS_SHIFT) + (ofLeft ? NEXT_LEFT : NEXT_RIGHT)] = next;
  }

  /** The segment is the first of the row. */
  begin(row: number, segment: TupleSegment): void {
    this.start[row] = segment.time;
    this.doubles[(row << DOUBLES_SHIFT) + END] = segment.time;
    this.firstFrame[row] = segment.frame;
    this.capture[row] = segment.capture;
  }

  noteCapture(row: number, capture: number): void {
    this.severalCaptures = true;
    this.lastCapture[row] = capture;
  }

  /** One more packet of the row, that says nothing new. */
  countCopy(row: number, segment: TupleSegment): void {
    this.words[(row << WORDS_SHIFT) + PACKETS]!++;
    this.doubles[(row << DOUBLES_SHIFT) + BYTES]! += segment.wireLength;
  }

  countSyn(row: number): void {
    if (this.synPackets[row]! < MAX_SYN_PACKETS) this.synPackets[row]!++;
  }

  newPayload(row: number, time: number): void {
    const at = (row << DOUBLES_SHIFT) + LAST_PAYLOAD;
    const last = this.doubles[at]!;
    const pause = (time - (Number.isNaN(last) ? this.start[row]! : last)) * 1e-9;
    const longest = (row << WORDS_SHIFT) + LONGEST_PAUSE;
    if (pause > this.floats[longest]!) this.floats[longest] = pause;
    this.doubles[at] = time;
  }

  /** Two thirds of what a session takes; the columns beside the rows stay. */
  dropRows(): void {
    this.words = new Int32Array(0);
    this.doubles = new Float64Array(0);
    this.floats = new Float32Array(0);
  }

  #grow(): void {
    const rows = this.#capacity * 2;
    this.#capacity = rows;
    const buffer = new ArrayBuffer(rows * ROW_OCTETS);
    this.words = grown(this.words, new Int32Array(buffer));
    this.doubles = new Float64Array(buffer);
    this.floats = new Float32Array(buffer);
    this.start = grown(this.start, new Float64Array(rows));
    this.closed = grown(this.closed, new Float64Array(rows));
    this.synPackets = grown(this.synPackets, new Uint16Array(rows));
    this.firstFrame = grown(this.firstFrame, new Uint32Array(rows));
    this.capture = grown(this.capture, new Uint16Array(rows));
    this.lastCapture = grown(this.lastCapture, new Uint16Array(rows));
    this.previous = grown(this.previous, new Int32Array(rows));
    this.before = grown(this.before, new Int32Array(rows));
  }
}

type Column = Int32Array | Uint32Array | Uint16Array | Float64Array | Float32Array;

function grown<T extends Column>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
