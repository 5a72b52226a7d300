/** Sessions in columns, as the tracker leaves them, from a few words each. */
import { Addresses } from '../../src/analysis/segment/addresses.ts';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { SessionGrouping } from '../../src/analysis/session/grouping.ts';
import {
  ANSWER_SHIFT,
  ANSWERS,
  CLIENT_KNOWN,
  CLIENT_SEEN,
  CLOSER_SHIFT,
  CLOSERS,
  DIRECTION_MISSING,
  ESTABLISHED,
  FIN_UNSEEN,
  MIDSTREAM,
  PREVIOUS_STATE_SHIFT,
  REMOTE_SEEN,
  REPLACED,
  type Sessions,
  STATES,
  SYN_COPIES_SHIFT,
} from '../../src/analysis/session/sessions.ts';

export type State = (typeof STATES)[number];
export type Closer = (typeof CLOSERS)[number];
export type Answer = (typeof ANSWERS)[number];

/** One session; times in seconds after the timeline's base. What is left out has the value beside it. */
export interface SessionSpec {
  /** 10.1.1.10 */
  client?: string;
  localPort: number;
  /** 10.2.0.1 */
  remote?: string;
  /** 3200 */
  remotePort?: number;
  start: number;
  /** `closed`, else one second after `start`. */
  end?: number;
  /** Of a half-closed session: its first FIN. None. */
  closed?: number;
  /** 'closed' where `closed` is given, else 'open'. */
  state?: State;
  /** 'client' where the state is closed, else null. */
  closedBy?: Closer;
  midstream?: boolean;
  clientUnknown?: boolean;
  replaced?: boolean;
  directionMissing?: boolean;
  finUnseen?: boolean;
  /** 1, of a midstream session 0. */
  synPackets?: number;
  synCopies?: number;
  /** A thousand times the index. */
  isn?: number;
  /** Index of the earlier session that this one is a reuse of. */
  reuseOf?: number;
  /** State of that session when this one's SYN came: what it is in the end. */
  previousState?: State;
  /** 'accepted' */
  answer?: Answer;
  lastPayload?: number;
  longestPause?: number;
}

export interface BuiltSessions {
  sessions: Sessions;
  addresses: Addresses;
  timeline: Timeline;
}

export const BASE_SECONDS = 1_700_000_000;

/** The session of each spec, in the order that the ledger wants; `specIndex` tells which is whose. */
export function buildSessions(specs: readonly SessionSpec[]): BuiltSessions {
  const addresses = new Addresses();
  const timeline = new Timeline();
  timeline.baseSeconds = BASE_SECONDS;
  const completed = specs.map((spec) => complete(spec, specs));
  const starts = Float64Array.from(completed, (row) => Math.round(row.start * 1e9));
  const { groups, placeOf } = groupingOf(completed).place(starts, addresses);
  const indexes = [...placeOf.keys()].sort((one, other) => placeOf[one]! - placeOf[other]!);
  const rows = indexes.map((index) => completed[index]!);
  const unknown = rows.filter((row) => row.clientUnknown);
  const before = sessionsBefore(completed);
  const placed = (index: number) => (index < 0 ? -1 : placeOf[index]!);
  const times = (of: (row: Row) => number | undefined) =>
    Float64Array.from(rows, (row) => Math.round((of(row) ?? Number.NaN) * 1e9));
  const sessions: Sessions = {
    count: rows.length,
    groups,
    clockSteps: [],
    unknownEnds: {
      left: Uint32Array.from(unknown, (row) => addresses.idOf(4, v4Value(row.client))),
      right: Uint32Array.from(unknown, (row) => addresses.idOf(4, v4Value(row.remote))),
    },
    ports: Uint32Array.from(rows, (row) => row.localPort * 65536 + row.remotePort),
    start: times((row) => row.start),
    end: times((row) => row.end),
    closed: times((row) => row.closed),
    lastPayload: times((row) => row.lastPayload),
    longestPause: Float32Array.from(rows, (row) => row.longestPause ?? 0),
    isn: Uint32Array.from(indexes, (index) => specs[index]!.isn ?? index * 1000),
    synPackets: Uint16Array.from(rows, (row) => row.synPackets),
    packets: Uint32Array.from(rows, () => 8),
    bytes: Float64Array.from(rows, () => 700),
    firstFrame: Uint32Array.from(indexes, (index) => index * FRAMES + 1),
    lastFrame: Uint32Array.from(indexes, (index) => index * FRAMES + 8),
    capture: new Uint16Array(rows.length),
    lastCapture: new Uint16Array(rows.length),
    previous: Int32Array.from(rows, (row) => placed(row.reuseOf ?? -1)),
    before: Int32Array.from(indexes, (index) => placed(before[index]!)),
    facts: Uint32Array.from(rows, factsOf),
    process: null,
  };
  return { sessions, addresses, timeline };
}

/** Each session takes so many frame numbers. */
const FRAMES = 10;

/** Index of the spec that a session row was made of. */
export function specIndex({ firstFrame }: Sessions, row: number): number {
  return (firstFrame[row]! - 1) / FRAMES;
}

function groupingOf(rows: readonly Row[]): SessionGrouping {
  const grouping = new SessionGrouping(rows.length);
  for (const [index, row] of rows.entries()) {
    if (row.clientUnknown) grouping.addUnknown(index);
    else grouping.add(index, 4, v4Value(row.client), v4Value(row.remote), row.remotePort, !row.midstream);
  }
  return grouping;
}

type Row = SessionSpec & ReturnType<typeof complete>;

function complete(spec: SessionSpec, specs: readonly SessionSpec[]) {
  const state = stateOfSpec(spec);
  const earlier = spec.reuseOf === undefined ? undefined : specs[spec.reuseOf];
  return {
    ...spec,
    client: spec.client ?? '10.1.1.10',
    remote: spec.remote ?? '10.2.0.1',
    remotePort: spec.remotePort ?? 3200,
    end: spec.end ?? spec.closed ?? spec.start + 1,
    state,
    closedBy: spec.closedBy ?? (state === 'closed' ? ('client' as const) : null),
    synPackets: spec.synPackets ?? (spec.midstream ? 0 : 1),
    previousState: spec.previousState ?? (earlier ? stateOfSpec(earlier) : 'syn-sent'),
    answer: spec.answer ?? ('accepted' as const),
  };
}

function stateOfSpec(spec: SessionSpec): State {
  return spec.state ?? (spec.closed === undefined ? 'open' : 'closed');
}

function factsOf(row: Row): number {
  const state = STATES.indexOf(row.state);
  let facts = state | (CLOSERS.indexOf(row.closedBy) << CLOSER_SHIFT) | (ANSWERS.indexOf(row.answer) << ANSWER_SHIFT);
  facts |= STATES.indexOf(row.previousState) << PREVIOUS_STATE_SHIFT;
  facts |= (row.synCopies ?? 0) << SYN_COPIES_SHIFT;
  facts |= CLIENT_SEEN | REMOTE_SEEN;
  if (row.midstream) facts |= MIDSTREAM;
  if (!row.clientUnknown) facts |= CLIENT_KNOWN;
  if (row.midstream || state >= STATES.indexOf('open')) facts |= ESTABLISHED;
  if (row.replaced) facts |= REPLACED;
  if (row.directionMissing) facts |= DIRECTION_MISSING;
  if (row.finUnseen) facts |= FIN_UNSEEN;
  return facts;
}

function sessionsBefore(rows: readonly Row[]): Int32Array {
  const newest = new Map<string, number>();
  return Int32Array.from(rows, (row, index) => {
    const before = newest.get(tupleOf(row)) ?? -1;
    newest.set(tupleOf(row), index);
    return before;
  });
}

/** The two sockets, whichever of them is the client's. */
function tupleOf(row: Row): string {
  return [`${row.client}:${row.localPort}`, `${row.remote}:${row.remotePort}`].sort().join(' ');
}

function v4Value(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}
