/**
 * The facts that companion files yield: what netstat, Get-NetTCPConnection, netsh and event exports say. Plain values,
 * read by the ledger (pool) and by the findings; `src/evidence` makes them out of bytes.
 */
import type { Endpoint, EvidenceLine } from './report.ts';

/** A date in another year is a misreading; the first and the last that count. */
export const EVIDENCE_YEARS = { first: 1990, last: 2105 } as const;

/** Nanoseconds since 1970-01-01T00:00:00Z; `Timeline.fromUnixNanoseconds` takes it. */
export type UnixNanoseconds = bigint;

/**
 * How the zone of a time is known: the text states it, the user gave an offset, or neither, and the local time was
 * taken as UTC. Whoever draws a conclusion from an `assumed` time says so.
 */
export type Zone = 'stated' | 'given' | 'assumed';

export interface EvidenceFacts {
  /** In the order of the text. */
  snapshots: SocketSnapshot[];
  dynamicPorts: DynamicPortRange[];
  excludedPorts: ExcludedPortRange[];
  statistics: TcpStatistics[];
  events: LoggedEvent[];
  /** What could not be read; the rest stands. */
  unreadable: UnreadableEvidence[];
}

export function emptyFacts(): EvidenceFacts {
  return { snapshots: [], dynamicPorts: [], excludedPorts: [], statistics: [], events: [], unreadable: [] };
}

/** The names of Windows' netstat; other spellings and languages are brought to these. */
export const SOCKET_STATES = [
  'CLOSED',
  'LISTENING',
  'SYN_SENT',
  'SYN_RECEIVED',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
  'DELETE_TCB',
  'BOUND',
] as const;
export type SocketState = (typeof SOCKET_STATES)[number];

/** All sockets that one run of a tool listed. */
export interface SocketSnapshot {
  tool: 'netstat' | 'Get-NetTCPConnection' | 'ss';
  file: string;
  /** Line of the first row, from 1. */
  line: number;
  /** Null where the text does not tell: such a snapshot counts as taken at the capture's end. */
  time: UnixNanoseconds | null;
  /** Null without a time. */
  zone: Zone | null;
  /**
   * All TCP sockets of the family are listed: listeners among them, and no row of the snapshot was unreadable. Only then
   * does the absence of a row mean anything (`netstat -p tcp` lists no IPv6, `findstr ESTABLISHED` no listeners).
   */
  complete: { ipv4: boolean; ipv6: boolean };
  /** May be millions: iterate, do not copy. An array of rows is one of these. */
  rows: SocketRows;
}

export interface SocketRows extends Iterable<SocketRow> {
  readonly length: number;
}

export interface SocketRow {
  /** Line in the snapshot's file, from 1. */
  line: number;
  protocol: 'tcp' | 'udp';
  /** As in the report (RFC 5952, no zone, IPv4-mapped as IPv4); null for `*` and where the console cut it short. */
  localAddress: string | null;
  localPort: number | null;
  remoteAddress: string | null;
  remotePort: number | null;
  /** Null for UDP and for a word that is not known. */
  state: SocketState | null;
  /** The word as it stands in the text, null where there is none. */
  stateText: string | null;
  pid: number | null;
  /** Name of the executable where the tool prints it (`netstat -b`, `ss -p`). */
  process: string | null;
  /** Creation of the socket (Get-NetTCPConnection as list, CSV or JSON). */
  created: UnixNanoseconds | null;
}

/** `netsh int ipv4 show dynamicport tcp`: the pool. */
export interface DynamicPortRange extends EvidenceLine {
  /** Null where the text does not tell. */
  protocol: 'tcp' | 'udp' | null;
  first: number;
  last: number;
}

/** A row of `netsh int ipv4 show excludedportrange protocol=tcp`. */
export interface ExcludedPortRange extends EvidenceLine {
  protocol: 'tcp' | 'udp' | null;
  first: number;
  last: number;
}

/** Counters since the host's start: `netstat -s -p tcp`, `netsh int ipv4 show tcpstats`. */
export interface TcpStatistics extends EvidenceLine {
  time: UnixNanoseconds | null;
  zone: Zone | null;
  ipVersion: 4 | 6 | null;
  activeOpens: number;
  passiveOpens: number | null;
  failedAttempts: number | null;
  resetConnections: number | null;
  currentConnections: number | null;
  segmentsReceived: number | null;
  segmentsSent: number | null;
  segmentsRetransmitted: number | null;
}

/** Events 4227 (4-tuple in TIME_WAIT), 4231 and 4266 (TCP, UDP ports used up), errors WSAEADDRINUSE and WSAENOBUFS. */
export const EVENT_NUMBERS = [4227, 4231, 4266, 10048, 10055] as const;
export type EventNumber = (typeof EVENT_NUMBERS)[number];

export interface LoggedEvent {
  time: UnixNanoseconds;
  zone: Zone;
  /** Which of the known numbers it has or its text names; empty for a user's event that names none. */
  numbers: EventNumber[];
  /** Endpoints that its text names, in order; addresses as in the report. */
  endpoints: Endpoint[];
  text: string;
  /** Null for an event that was given as an option. */
  place: EvidenceLine | null;
}

export interface UnreadableEvidence extends EvidenceLine {
  /** A sentence for people. */
  reason: string;
}
