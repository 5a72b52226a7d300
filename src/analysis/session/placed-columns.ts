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

type PlacedColumns = Omit<Sessions, 'count' | 'clockSteps' | 'groups' | 'unknownEnds'>;

/**
 * The tracker's columns with each session at its final place, `placeOf`; `ends` tells which is the client of each row. A
 * million sessions are a hundred megabytes, so the columns beside the rows are sorted where they are, by way of the rows'
 * buffer, which nobody needs by then.
 */
export function placedColumns(tracker: SessionTracker, ends: Uint8Array, placeOf: Int32Array): PlacedColumns {
  const { columns } = tracker;
  const facts = factColumns(tracker, ends, placeOf);
  const packets = packetColumns(columns, placeOf);
  return { ...facts, ...packets, ...sideColumns(columns, facts.facts, placeOf) };
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

/** What stands beside the rows. */
function sideColumns(columns: SessionColumns, facts: Uint32Array, placeOf: Int32Array) {
  const { start, closed, firstFrame, previous, before, synPackets, capture, lastCapture } = columns;
  const { buffer } = columns.words;
  columns.dropRows();
  for (const column of [start, closed]) moveToPlaces(column, placeOf, new Float64Array(buffer));
  moveToPlaces(firstFrame, placeOf, new Uint32Array(buffer));
  moveToPlaces(synPackets, placeOf, new Uint16Array(buffer));
  // One capture is capture 0 for all.
  if (columns.severalCaptures) {
    for (const column of [capture, lastCapture]) moveToPlaces(column, placeOf, new Uint16Array(buffer));
  }
  for (const column of [previous, before]) moveLinks(column, placeOf, new Int32Array(buffer));
  const { length } = placeOf;
  return {
    start: start.subarray(0, length),
    closed: closed.subarray(0, length),
    firstFrame: firstFrame.subarray(0, length),
    previous: ofAttempts(previous.subarray(0, length), facts),
    before: before.subarray(0, length),
    synPackets: synPackets.subarray(0, length),
    capture: capture.subarray(0, length),
    lastCapture: lastCapture.subarray(0, length),
  };
}

type Numbers = Float64Array | Uint32Array | Uint16Array;

function moveToPlaces(column: Numbers, placeOf: Int32Array, scratch: Numbers): void {
  for (let row = 0; row < placeOf.length; row++) scratch[placeOf[row]!] = column[row]!;
  column.set(scratch.subarray(0, placeOf.length));
}

/** The column holds rows, which have places of their own; -1 for none. */
function moveLinks(column: Int32Array, placeOf: Int32Array, scratch: Int32Array): void {
  for (let row = 0; row < placeOf.length; row++) {
    const linked = column[row]!;
    scratch[placeOf[row]!] = linked < 0 ? -1 : placeOf[linked]!;
  }
  column.set(scratch.subarray(0, placeOf.length));
}

/** A session without a SYN is no reuse. */
function ofAttempts(previous: Int32Array, facts: Uint32Array): Int32Array {
  for (let row = 0; row < facts.length; row++) if (facts[row]! & MIDSTREAM) previous[row] = -1;
  return previous;
}
