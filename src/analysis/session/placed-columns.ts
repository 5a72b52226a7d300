import { finalFacts } from './final-facts.ts';
import * as roles from './roles.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
import type { Sessions } from './sessions.ts';
import * as sessions from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

const { BYTES, DOUBLES_SHIFT, END, FACTS, ISN, LAST_FRAME, LAST_PAYLOAD, LONGEST_PAUSE, PACKETS, PORTS } = layout;
const { WORDS_SHIFT } = layout;
const { RIGHT: RIGHT_END, UNKNOWN } = roles;
const { MIDSTREAM } = sessions;

type PlacedColumns = Omit<Sessions, 'count' | 'groups' | 'unknownEnds'>;

/**
 * The tracker's columns with each session at its final place, `placeOf`; `ends` tells which is the client of each row. A
 * million sessions are a hundred megabytes, so a column moves into the buffer of one that has moved before it.
 */
export function placedColumns(tracker: SessionTracker, ends: Uint8Array, placeOf: Int32Array): PlacedColumns {
  const { columns } = tracker;
  const { count, firstFrame, previous } = columns;
  const facts = factColumns(tracker, ends, placeOf);
  const packets = packetColumns(columns, placeOf);
  tracker.end();
  return {
    ...facts,
    ...packets,
    start: movedDoubles(columns.start, placeOf, new Float64Array(count)),
    closed: movedDoubles(columns.closed, placeOf, columns.start),
    firstFrame: movedWords(firstFrame, placeOf, new Uint32Array(count)),
    previous: ofAttempts(movedLinks(previous, placeOf, new Int32Array(firstFrame.buffer)), facts.facts),
    before: movedLinks(columns.before, placeOf, previous),
    synPackets: movedHalves(columns.synPackets, placeOf, new Uint16Array(count)),
    ...captureColumns(columns, placeOf),
  };
}

function factColumns({ columns, votes }: SessionTracker, ends: Uint8Array, placeOf: Int32Array) {
  const { count, words } = columns;
  const ports = new Uint32Array(count);
  const facts = new Uint32Array(count);
  const isn = new Uint32Array(count);
  const process = votes === null ? null : new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const place = placeOf[row]!;
    const word = row << WORDS_SHIFT;
    const end = ends[row]!;
    const pair = words[word + PORTS]!;
    ports[place] = end === RIGHT_END ? (pair << 16) | (pair >>> 16) : pair;
    facts[place] = finalFacts(words[word + FACTS]!, end);
    isn[place] = words[word + ISN]!;
    if (process !== null && end !== UNKNOWN) process[place] = votes!.process(row, end !== RIGHT_END);
  }
  return { ports, facts, isn, process };
}

/** What every packet changed. */
function packetColumns({ count, words, doubles, floats }: SessionColumns, placeOf: Int32Array) {
  const end = new Float64Array(count);
  const lastPayload = new Float64Array(count);
  const longestPause = new Float32Array(count);
  const bytes = new Float64Array(count);
  const packets = new Uint32Array(count);
  const lastFrame = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const place = placeOf[row]!;
    const word = row << WORDS_SHIFT;
    const double = row << DOUBLES_SHIFT;
    end[place] = doubles[double + END]!;
    lastPayload[place] = doubles[double + LAST_PAYLOAD]!;
    longestPause[place] = floats[word + LONGEST_PAUSE]!;
    bytes[place] = doubles[double + BYTES]!;
    packets[place] = words[word + PACKETS]!;
    lastFrame[place] = words[word + LAST_FRAME]!;
  }
  return { end, lastPayload, longestPause, bytes, packets, lastFrame };
}

/** One capture is capture 0 for all. */
function captureColumns({ capture, lastCapture, severalCaptures, count }: SessionColumns, placeOf: Int32Array) {
  if (!severalCaptures) return { capture: capture.subarray(0, count), lastCapture: lastCapture.subarray(0, count) };
  const moved = movedHalves(capture, placeOf, new Uint16Array(count));
  return { capture: moved, lastCapture: movedHalves(lastCapture, placeOf, capture) };
}

function movedDoubles(column: Float64Array, placeOf: Int32Array, into: Float64Array): Float64Array {
  for (let row = 0; row < placeOf.length; row++) into[placeOf[row]!] = column[row]!;
  return into.subarray(0, placeOf.length);
}

function movedWords(column: Uint32Array, placeOf: Int32Array, into: Uint32Array): Uint32Array {
  for (let row = 0; row < placeOf.length; row++) into[placeOf[row]!] = column[row]!;
  return into.subarray(0, placeOf.length);
}

function movedHalves(column: Uint16Array, placeOf: Int32Array, into: Uint16Array): Uint16Array {
  for (let row = 0; row < placeOf.length; row++) into[placeOf[row]!] = column[row]!;
  return into.subarray(0, placeOf.length);
}

/** The column holds rows, which have moved as well; -1 for none. */
function movedLinks(column: Int32Array, placeOf: Int32Array, into: Int32Array): Int32Array {
  for (let row = 0; row < placeOf.length; row++) {
    const linked = column[row]!;
    into[placeOf[row]!] = linked < 0 ? -1 : placeOf[linked]!;
  }
  return into.subarray(0, placeOf.length);
}

/** A session without a SYN is no reuse. */
function ofAttempts(previous: Int32Array, facts: Uint32Array): Int32Array {
  for (let row = 0; row < facts.length; row++) if (facts[row]! & MIDSTREAM) previous[row] = -1;
  return previous;
}
