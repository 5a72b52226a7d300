import { ACK, type Segment, SYN } from '../segment/segment.ts';

/**
 * The rows that the tracker works on. The two ends of a connection are `left` and `right`, sorted by address and port:
 * who is the client is decided when the capture has ended (roles.ts).
 */

/** Bits of `facts` while tracking. Where there is one for each end, the right one's is the left one's shifted by one. */
export const SEEN_LEFT = 1 << 0;
export const SEEN_RIGHT = 1 << 1;
export const FIN_LEFT = 1 << 2;
export const FIN_RIGHT = 1 << 3;
export const SYN_LEFT = 1 << 4;
export const SYN_RIGHT = 1 << 5;
/** The RST that ended the session, or the attempt, came from this end. */
export const RST_LEFT = 1 << 6;
export const RST_RIGHT = 1 << 7;
/** The first FIN came from the right end. */
export const RIGHT_CLOSED_FIRST = 1 << 8;
/** Both ends sent a FIN and the later one was acknowledged: nothing changes this session any more. */
export const CLOSE_ACKED = 1 << 9;
/** A SYN-ACK came from this end. */
export const SYN_ACK_LEFT = 1 << 10;
export const SYN_ACK_RIGHT = 1 << 11;
/** A RST answered the SYN, and no SYN came again since. */
export const REFUSAL = 1 << 12;
export const MIDSTREAM = 1 << 13;
/** A FIN that the capture missed: the other end acknowledged it. */
export const FIN_UNSEEN = 1 << 14;
export const HANDSHAKE = 1 << 15;
export const REPLACED = 1 << 16;
export const V6 = 1 << 17;
/** An acknowledgment that answers something else than this SYN; its number stands in the remote's `next`. */
export const CHALLENGE_PENDING = 1 << 18;
export const ANSWERED = 1 << 19;
/** A segment with ACK was seen: the other end must have spoken. */
export const ACK_SEEN = 1 << 20;
const ANSWER_SHIFT = 21;
const PREVIOUS_STATE_SHIFT = 23;
/** SYN copies, in the highest six bits. */
const SYN_COPY = 1 << 26;
const MAX_SYN_COPIES = 63;
export const EITHER_RST = RST_LEFT | RST_RIGHT;
export const BOTH_FIN = FIN_LEFT | FIN_RIGHT;
export const EITHER_SYN = SYN_LEFT | SYN_RIGHT;
export const EITHER_SYN_ACK = SYN_ACK_LEFT | SYN_ACK_RIGHT;

/** The bit of the segment's sender, given the left end's. */
export function side(fromLeft: boolean, leftBit: number): number {
  return fromLeft ? leftBit : leftBit << 1;
}

/** The bit of the segment's receiver. */
export function otherSide(fromLeft: boolean, leftBit: number): number {
  return fromLeft ? leftBit << 1 : leftBit;
}

/** One more copy of a SYN that the capture holds twice; counted up to 63. */
export function withSynCopy(facts: number): number {
  return synCopiesIn(facts) < MAX_SYN_COPIES ? facts + SYN_COPY : facts;
}

export function synCopiesIn(facts: number): number {
  return facts >>> 26;
}

export function answerBits(answer: number): number {
  return ANSWERED | (answer << ANSWER_SHIFT);
}

export function answerIn(facts: number): number {
  return (facts >>> ANSWER_SHIFT) & 3;
}

export function previousStateBits(state: number): number {
  return state << PREVIOUS_STATE_SHIFT;
}

export function previousStateIn(facts: number): number {
  return (facts >>> PREVIOUS_STATE_SHIFT) & 7;
}

/** Where a session is known to be over: by both FINs, by a RST after its handshake, or because a SYN replaced it. */
export function isOver(facts: number): boolean {
  return (
    (facts & BOTH_FIN) === BOTH_FIN ||
    (facts & REPLACED) !== 0 ||
    ((facts & EITHER_RST) !== 0 && (facts & HANDSHAKE) !== 0)
  );
}

const MIN_ROWS = 1024;
/** What the column can hold. */
const MAX_SYN_PACKETS = 0xffff;

/**
 * What every packet of a session reads or changes lies together, in two half cache lines a row: with one array a field
 * the tracker took 1.2 s for 11.2 M segments of a million sessions, so 0.5 s.
 * `words` holds eight 32-bit numbers a row, at row * 8.
 */
export const WORDS_SHIFT = 3;
export const LEFT = 0;
export const RIGHT = 1;
/** Port of the left end * 65536 + port of the right end. */
export const PORTS = 2;
export const FACTS = 3;
export const ISN = 4;
/** Sequence number after the last octet seen from this end; valid once the end was seen. */
export const NEXT_LEFT = 5;
export const NEXT_RIGHT = 6;
export const PACKETS = 7;

/** `numbers` holds four doubles a row, at row * 4. */
export const NUMBERS_SHIFT = 2;
/** Latest time, latest time of new payload (NaN for never). */
export const END = 0;
export const LAST_PAYLOAD = 1;
export const BYTES = 2;
/** Capture * CAPTURE_STEP + frame of the last packet. */
export const LAST_PLACE = 3;
export const CAPTURE_STEP = 2 ** 32;

export class SessionColumns {
  count = 0;
  #capacity: number;
  words: Int32Array;
  numbers: Float64Array;
  start: Float64Array;
  closed: Float64Array;
  longestPause: Float32Array;
  synPackets: Uint16Array;
  firstFrame: Uint32Array;
  capture: Uint16Array;
  previous: Int32Array;
  /** The newest row of the tuple when this one was opened, -1 for none. */
  before: Int32Array;
  /** Acknowledgment numbers of first FINs beyond what the other end was seen to send: rare, so no column. */
  readonly unseenAtFin = new Map<number, number>();

  constructor(expectedRows: number) {
    const rows = Math.max(MIN_ROWS, Math.ceil(expectedRows));
    this.#capacity = rows;
    this.words = new Int32Array(rows << WORDS_SHIFT);
    this.numbers = new Float64Array(rows << NUMBERS_SHIFT);
    this.start = new Float64Array(rows);
    this.closed = new Float64Array(rows);
    this.longestPause = new Float32Array(rows);
    this.synPackets = new Uint16Array(rows);
    this.firstFrame = new Uint32Array(rows);
    this.capture = new Uint16Array(rows);
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
    this.numbers[(row << NUMBERS_SHIFT) + LAST_PAYLOAD] = Number.NaN;
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
  begin(row: number, segment: Segment): void {
    this.start[row] = segment.time;
    this.numbers[(row << NUMBERS_SHIFT) + END] = segment.time;
    this.firstFrame[row] = segment.frame;
    this.capture[row] = segment.capture;
  }

  /** The segment is of the row, whatever it did to its state. Answers the time of the latest segment before it. */
  countSegment(row: number, segment: Segment, fromLeft: boolean): number {
    const { words, numbers } = this;
    const word = row << WORDS_SHIFT;
    const number = row << NUMBERS_SHIFT;
    const { time, flags } = segment;
    words[word + FACTS]! |= side(fromLeft, SEEN_LEFT) | (flags & ACK ? ACK_SEEN : 0);
    words[word + PACKETS]!++;
    numbers[number + BYTES]! += segment.wireLength;
    numbers[number + LAST_PLACE] = segment.capture * CAPTURE_STEP + segment.frame;
    if ((flags & (SYN | ACK)) === SYN) this.countSyn(row);
    const end = numbers[number + END]!;
    if (time > end) numbers[number + END] = time;
    return end;
  }

  countSyn(row: number): void {
    if (this.synPackets[row]! < MAX_SYN_PACKETS) this.synPackets[row]!++;
  }

  newPayload(row: number, time: number): void {
    const at = (row << NUMBERS_SHIFT) + LAST_PAYLOAD;
    const last = this.numbers[at]!;
    const pause = (time - (Number.isNaN(last) ? this.start[row]! : last)) * 1e-9;
    if (pause > this.longestPause[row]!) this.longestPause[row] = pause;
    this.numbers[at] = time;
  }

  #grow(): void {
    const rows = this.#capacity * 2;
    this.#capacity = rows;
    this.words = grown(this.words, new Int32Array(rows << WORDS_SHIFT));
    this.numbers = grown(this.numbers, new Float64Array(rows << NUMBERS_SHIFT));
    this.start = grown(this.start, new Float64Array(rows));
    this.closed = grown(this.closed, new Float64Array(rows));
    this.longestPause = grown(this.longestPause, new Float32Array(rows));
    this.synPackets = grown(this.synPackets, new Uint16Array(rows));
    this.firstFrame = grown(this.firstFrame, new Uint32Array(rows));
    this.capture = grown(this.capture, new Uint16Array(rows));
    this.previous = grown(this.previous, new Int32Array(rows));
    this.before = grown(this.before, new Int32Array(rows));
  }
}

type Column = Int32Array | Uint32Array | Uint16Array | Float64Array | Float32Array;

function grown<T extends Column>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
