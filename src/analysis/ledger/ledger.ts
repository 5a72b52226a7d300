/**
 * The port ledger: sessions grouped by target, local port and client, computed once. The report, the findings and the
 * tables read it; none of them needs a packet again.
 *
 * A target's sessions, and a client's, are a range of rows of `Sessions`. Figures of one target or client are made on
 * demand from its rows (`ledger.counts(target)`, ...) and kept for the large ones, because a scan or a flood has as many
 * groups as sessions.
 */
import type { Addresses } from '../segment/addresses.ts';
import type { Timeline } from '../segment/timeline.ts';
import type { ClientGroups, Sessions, TargetGroups } from '../session/sessions.ts';
import type { AllocationFigures } from './allocation-order.ts';
import type { Begun } from './durations.ts';
import type { LedgerOptions } from './options.ts';
import type { PortUses } from './port-uses.ts';
import type { SessionCounts } from './session-counts.ts';

/** First and last packet of all captures, in nanoseconds since `Timeline.baseSeconds`; NaN without any time. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface LedgerInput {
  readonly sessions: Sessions;
  readonly addresses: Addresses;
  readonly timeline: Timeline;
  readonly options: LedgerOptions;
  /** First and last packet of all captures, of whatever protocol; without it, those of the sessions. */
  readonly span?: Span;
}

/** Session rows `from` up to `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** One row a target. Sessions whose client cannot be told are in none. */
export interface Targets extends TargetGroups {
  /** Distinct local ports of attempts. */
  readonly distinctLocalPorts: Uint32Array;
}

/**
 * One row a local port of one target, by target and then by port. `sessions` lists the session rows of port row `p` at
 * `first[p]` up to `first[p + 1]`, by start. The other columns of the table are made by `portColumns` (ports.ts).
 */
export interface PortRows {
  readonly count: number;
  /** The port rows of target `t` are `firstOfTarget[t]` up to `firstOfTarget[t + 1]`. */
  readonly firstOfTarget: Uint32Array;
  readonly first: Uint32Array;
  readonly sessions: Uint32Array;
  /** 1 where the port is lost beyond doubt; set by the judgement of lost ports, see `markLost`. */
  readonly lost: Uint8Array;
}

/** One row a reuse, in the order of the session rows. The other columns of the table are made by `reuseColumns` (reuses.ts). */
export interface ReuseRows {
  readonly count: number;
  /** The reuses of target `t` are `firstOfTarget[t]` up to `firstOfTarget[t + 1]`. */
  readonly firstOfTarget: Uint32Array;
  /** Session row of the new attempt. */
  readonly session: Uint32Array;
  /** From the close of the earlier session to the SYN; NaN stands for null. */
  readonly gapSeconds: Float64Array;
  /** Who had closed the earlier session: index in `CLOSERS`. */
  readonly closedBy: Uint8Array;
}

/** The client's ephemeral port range: see docs/figures.md. */
export interface Pool {
  readonly first: number;
  readonly last: number;
  /** last - first + 1. */
  readonly size: number;
  /** Size without excluded ranges and listeners. */
  readonly usable: number;
  readonly source: 'given' | 'evidence' | 'inferred';
  /** Only [min, max] of the ports seen: nothing may be judged against its size. */
  readonly weak: boolean;
  /** Whether connections out can get the local port from the pool. */
  has(localPort: number): boolean;
}

/** How long the client keeps its ports in TIME_WAIT, as its reuses show it: see docs/figures.md. */
export interface TimeWaitFigures {
  /** Smallest accepted gap after a close by the client, NaN when there is none. */
  readonly minGapSeconds: number;
  /** What occupancy is judged at. */
  readonly effectiveSeconds: number;
}

export interface TargetCounts {
  readonly synPackets: number;
  readonly attempts: number;
  readonly synRetransmissions: number;
  readonly distinctLocalPorts: number;
  readonly midstreamSessions: number;
  readonly outcomes: { established: number; refused: number; unanswered: number; halfOpen: number };
  readonly ends: {
    open: number;
    halfClosedByRemote: number;
    halfClosedByClient: number;
    closed: number;
    reset: number;
  };
  readonly reuses: {
    count: number;
    /** NaN when no reuse has a gap. */
    minGapSeconds: number;
    /** Counts of the bins of `GAP_EDGES` (reuses.ts). */
    histogram: number[];
    answers: { accepted: number; challenged: number; refused: number; silent: number };
  };
  /** Start of the first and the last attempt, NaN without attempts. */
  readonly firstAttempt: number;
  readonly lastAttempt: number;
}

/** Largest number of distinct local ports of the pool in use at one time, with a TIME_WAIT of so many seconds. */
export interface Peak {
  readonly timeWaitSeconds: number;
  readonly peak: number;
  /** First moment of the peak, NaN when no port of the pool was used. */
  readonly peakAt: number;
  /** peak / usable. */
  readonly ratio: number;
}

/** The occupancy at the effective TIME_WAIT, with what `port-exhaustion` judges by. Durations end with the capture. */
export interface JudgedPeak extends Peak {
  /** Total time at `FULL_SHARE` of the usable ports or more, and the longest stretch of it (full-time.ts). */
  readonly fullSeconds: number;
  readonly longestFullSeconds: number;
  readonly longestFullFrom: number;
  readonly longestFullTo: number;
  /** What the ports were in at the peak; a port counts once, in the first of these that applies. */
  readonly open: number;
  readonly halfClosed: number;
  readonly pending: number;
  readonly timeWait: number;
}

export interface Occupancy {
  /** For 30, 60, 120, 240 s and the given TIME_WAIT, ascending. */
  readonly peaks: readonly Peak[];
  readonly judged: JudgedPeak;
  /**
   * Attempts of the pool, and those of them that started on a port that was busy towards another remote at that moment
   * (at the effective TIME_WAIT). Of a target: towards another remote of the same client is not looked at, so 0.
   */
  readonly starts: number;
  readonly startsOnBusyPort: number;
}

export interface Ledger {
  readonly sessions: Sessions;
  readonly addresses: Addresses;
  readonly timeline: Timeline;
  readonly options: LedgerOptions;
  readonly span: Span;
  readonly targets: Targets;
  readonly clients: ClientGroups;
  readonly sessionCounts: SessionCounts;
  /** Session rows in any state but closed and reset, ascending. */
  readonly unended: Uint32Array;
  /** Made when first asked for: the report needs none of it. */
  readonly ports: PortRows;
  readonly reuses: ReuseRows;
  /** Row of the target of each session, -1 where the client is not known. */
  readonly targetOf: Int32Array;
  /** Session row before on the same four-tuple, whatever became of it; -1 for the first. */
  readonly before: Int32Array;
  /** Until when each session holds its local port, TIME_WAIT aside (`holds`). */
  readonly heldUntil: Float64Array;

  counts(target: number): TargetCounts;
  /** Rows of the targets with the remote of this one, of whatever client; itself among them. */
  sameRemote(target: number): readonly number[];
  /** Distinct local ports of the client's attempts, towards whatever remote. */
  distinctLocalPorts(client: number): number;
  pool(client: number): Pool;
  /** The client's sessions on ports of its pool. Kept until those of another client are asked for. */
  uses(client: number): PortUses;
  /** In which order the client's attempts drew from its pool. */
  allocation(client: number): AllocationFigures;
  timeWait(client: number): TimeWaitFigures;
  /**
   * 99th percentile in seconds of the durations of closed sessions (CLOSED, or RESET by a RST) as far as they are in the
   * capture; of a target with fewer than 30 its client's. NaN where nothing was closed.
   */
  longDuration(target: number, begun: Begun): number;
  targetOccupancy(target: number): Occupancy;
  clientOccupancy(client: number): Occupancy;
  /** Whether the options ask for this client (all, when they name none). */
  isReported(client: number): boolean;
}
