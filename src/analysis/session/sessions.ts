import type { ClockStep } from './clock-steps.ts';

/**
 * What the tracker knows at the end: one row a session, as typed columns. Rows stand client by client, target by target
 * (`groups`) and then by their start, so that what is asked of a target reads neighbours; sessions whose client cannot be
 * told come behind all others. Client and remote are decided by then (roles.ts). Times are nanoseconds since
 * `Timeline.baseSeconds`, NaN for never; a session without a start is the last of its target.
 */
export interface Sessions {
  readonly count: number;
  /** In the order of the capture; what lies between two times on both sides of one, or within, cannot be told. */
  readonly clockSteps: readonly ClockStep[];
  readonly groups: SessionGroups;
  /** Address ids of the two ends of the rows behind those of all targets (`CLIENT_KNOWN` not set). */
  readonly unknownEnds: { readonly left: Uint32Array; readonly right: Uint32Array };
  /** localPort * 65536 + remotePort. */
  readonly ports: Uint32Array;
  /** Time of the first packet: of the SYN for an attempt. */
  readonly start: Float64Array;
  /** Time of the last packet. */
  readonly end: Float64Array;
  /**
   * Closed and reset sessions: the close, by the acknowledgment of the later FIN or by the RST. Half-closed ones: the
   * first FIN. NaN for the others, and for a session that only a new SYN replaced.
   */
  readonly closed: Float64Array;
  /** Time of the last segment with new payload, NaN when none carried any. */
  readonly lastPayload: Float64Array;
  /** Longest pause in seconds after which new payload came again. */
  readonly longestPause: Float32Array;
  /** Sequence number of the SYN; of the first segment from the client where there is no SYN in the capture. */
  readonly isn: Uint32Array;
  /** As in the file, copies included: see `synCopiesOf`. */
  readonly synPackets: Uint16Array;
  readonly packets: Uint32Array;
  /** Octets on the wire. */
  readonly bytes: Float64Array;
  readonly firstFrame: Uint32Array;
  readonly lastFrame: Uint32Array;
  /** Index of the capture that holds the first packet. */
  readonly capture: Uint16Array;
  /** Index of the capture that holds the last packet. */
  readonly lastCapture: Uint16Array;
  /**
   * A reuse's earlier session: row of the latest established session on the same four-tuple when this SYN came, else -1.
   * Gap of the reuse in ns: start[row] - closed[previous[row]] where `previousStateOf` says closed or reset and the
   * difference is a number; else there is no gap (null).
   */
  readonly previous: Int32Array;
  /**
   * The client's process as the packets name it: its id in `NamedProcesses`, the negative of that where they disagree
   * and it has the most of them, 0 for none. Null where no packet of the capture names any.
   */
  readonly process: Int32Array | null;
  /** Row before between the same two sockets, whatever became of it and whichever of them opened it; -1 for none. */
  readonly before: Int32Array;
  /** Bit field, read with the functions below. */
  readonly facts: Uint32Array;
}

export interface SessionGroups {
  /** Row in `targets` of each session, -1 where the client is not known. */
  readonly targetOf: Int32Array;
  readonly targets: TargetGroups;
  readonly clients: ClientGroups;
}

/** One row a target (a client towards one remote), those of a client next to each other. */
export interface TargetGroups {
  readonly count: number;
  /** Row in `ClientGroups`. */
  readonly client: Uint32Array;
  /** Address id of the remote. */
  readonly remote: Uint32Array;
  readonly remotePort: Uint16Array;
  readonly attempts: Uint32Array;
  /** The sessions of target `t` are rows `first[t]` up to `first[t + 1]`. */
  readonly first: Uint32Array;
}

/** One row a client. */
export interface ClientGroups {
  readonly count: number;
  /** Address id. */
  readonly address: Uint32Array;
  readonly attempts: Uint32Array;
  /** The client's targets are rows `firstTarget[c]` up to `firstTarget[c + 1]` of `TargetGroups`. */
  readonly firstTarget: Uint32Array;
  /** The client's sessions are rows `first[c]` up to `first[c + 1]`, target by target. */
  readonly first: Uint32Array;
  /** The same rows by start, whatever their target: also at `first[c]` up to `first[c + 1]`. */
  readonly byStart: Uint32Array;
}

/** State at the end of the capture, as in the table `sessions`. */
export const STATES = [
  'syn-sent',
  'refused',
  'half-open',
  'open',
  'half-closed-by-remote',
  'half-closed-by-client',
  'closed',
  'reset',
] as const;
export const SYN_SENT = 0;
export const REFUSED = 1;
export const HALF_OPEN = 2;
export const OPEN = 3;
export const HALF_CLOSED_BY_REMOTE = 4;
export const HALF_CLOSED_BY_CLIENT = 5;
export const CLOSED = 6;
export const RESET = 7;

export const CLOSERS = [null, 'client', 'remote', 'rst-client', 'rst-remote'] as const;
export const BY_NONE = 0;
export const BY_CLIENT = 1;
export const BY_REMOTE = 2;
export const BY_RST_CLIENT = 3;
export const BY_RST_REMOTE = 4;

/** First answer to the SYN of a reuse. A SYN-ACK with a wrong acknowledgment number counts as silent. */
export const ANSWERS = ['silent', 'accepted', 'challenged', 'refused'] as const;
export const SILENT = 0;
export const ACCEPTED = 1;
export const CHALLENGED = 2;
export const REFUSED_ANSWER = 3;

/** Numbers among the bits of `facts`: where each begins, and how wide it is. The state is the lowest. */
export const CLOSER_SHIFT = 3;
export const ANSWER_SHIFT = 6;
export const PREVIOUS_STATE_SHIFT = 8;
export const SYN_COPIES_SHIFT = 20;
const STATE_MASK = 7;
const CLOSER_MASK = 7;
const ANSWER_MASK = 3;

/** One of the FINs is not in the capture, and its acknowledgment is: the capture missed packets. */
export const FIN_UNSEEN = 1 << 11;
/** Both sides are in the capture, and the SYN-ACK of this established attempt is not: the capture missed packets. */
export const SYN_ACK_UNSEEN = 1 << 12;
/** No SYN of this session is in the capture. */
export const MIDSTREAM = 1 << 13;
/** Client and remote can be told apart; a session without this bit belongs to no target. */
export const CLIENT_KNOWN = 1 << 14;
/** The handshake was completed, or later packets prove that it was. Midstream sessions have it too. */
export const ESTABLISHED = 1 << 15;
/** An open or half-closed session that ended because a new SYN took its four-tuple. */
export const REPLACED = 1 << 16;
/** At least one packet of the client, of the remote is in the capture. */
export const CLIENT_SEEN = 1 << 17;
export const REMOTE_SEEN = 1 << 18;
/** Packets of one side prove that the other spoke, and none of its are in the capture. */
export const DIRECTION_MISSING = 1 << 19;

/** Address id of the client; of one of the two ends where it is not known which is the client. */
export function clientOf({ groups, unknownEnds }: Sessions, row: number): number {
  const { targetOf, targets, clients } = groups;
  const target = targetOf[row]!;
  return target < 0
    ? unknownEnds.left[row - targets.first[targets.count]!]!
    : clients.address[targets.client[target]!]!;
}

/** Address id of the remote, or of the other end. */
export function remoteOf({ groups, unknownEnds }: Sessions, row: number): number {
  const { targetOf, targets } = groups;
  const target = targetOf[row]!;
  return target < 0 ? unknownEnds.right[row - targets.first[targets.count]!]! : targets.remote[target]!;
}

/** An index in `STATES`. */
export function stateOf(facts: number): number {
  return facts & STATE_MASK;
}

/**
 * Of `synPackets`, those that are copies of another (mirror ports, two interfaces), up to 63: they count as packets and
 * are no retransmissions.
 */
export function synCopiesOf(facts: number): number {
  return facts >>> SYN_COPIES_SHIFT;
}

/** Who closed the session: an index in `CLOSERS`. */
export function closerOf(facts: number): number {
  return (facts >>> CLOSER_SHIFT) & CLOSER_MASK;
}

/** An index in `ANSWERS`; meaningful for rows with `previous` >= 0. */
export function answerOf(facts: number): number {
  return (facts >>> ANSWER_SHIFT) & ANSWER_MASK;
}

/** State of the earlier session when the SYN of this reuse came; meaningful for rows with `previous` >= 0. */
export function previousStateOf(facts: number): number {
  return (facts >>> PREVIOUS_STATE_SHIFT) & STATE_MASK;
}

/** How the attempt went: 'established', 'refused', 'half-open' or 'unanswered'; null for a midstream session. */
export function outcomeOf(facts: number): 'established' | 'refused' | 'half-open' | 'unanswered' | null {
  if (facts & MIDSTREAM) return null;
  if (facts & ESTABLISHED) return 'established';
  const state = stateOf(facts);
  if (state === REFUSED) return 'refused';
  return state === HALF_OPEN ? 'half-open' : 'unanswered';
}
