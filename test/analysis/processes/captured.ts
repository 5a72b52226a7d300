/** Captures of a few sessions whose packets name their processes, and the whole analysis of them. */
import type { Conclusion } from '../../../src/analysis/analyse.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import type { EvidenceFacts } from '../../../src/contract/evidence.ts';
import type { Report } from '../../../src/contract/report.ts';
import { joinEvidence } from '../../../src/evidence/evidence.ts';
import { ethernet, ipv4, ipv6, tcp, v4, v6 } from '../../builders/headers.ts';
import { join, type Octets } from '../../builders/octets.ts';
import {
  enhancedPacket,
  FIRST_TICKS,
  interfaceDescription,
  type Option,
  sectionHeader,
} from '../../builders/pcapng-file.ts';
import { type Direction, etl2pcapng, ptcpdump } from '../../builders/process-options.ts';
import { directAnalysis } from '../direct.ts';

const SYN = 0x02;
const ACK = 0x10;
const FIN = 0x01;
const PSH = 0x08;

/** One session of a client: handshake, request, answer, and a close where it has one. */
export interface Connection {
  readonly client?: string;
  readonly localPort: number;
  readonly remote?: string;
  /** Seconds after the first packet that is built here. */
  readonly start: number;
  readonly closed?: number;
  /** What stands behind its packets. */
  readonly options?: ((towards: Direction, packet: number) => readonly Option[]) | undefined;
  /** The capture was taken at the remote. */
  readonly atRemote?: boolean;
}

interface Sent {
  readonly at: number;
  readonly frame: Octets;
  readonly options: readonly Option[];
}

/** A datagram between client and remote; IPv6 where the client's address is. */
function frameOf(
  connection: Connection,
  fromClient: boolean,
  fields: Parameters<typeof tcp>[0],
  length: number,
): Octets {
  const client = connection.client ?? '10.1.1.10';
  const six = client.includes(':');
  const remote = connection.remote ?? (six ? '2001:db8::2' : '10.2.0.1');
  const [source, destination] = fromClient ? [client, remote] : [remote, client];
  const ports = fromClient
    ? { sourcePort: connection.localPort, destinationPort: 3200 }
    : { sourcePort: 3200, destinationPort: connection.localPort };
  const segment = tcp({ ...fields, ...ports }, new Uint8Array(length));
  if (six) return ethernet(0x86dd, ipv6({ source, destination }, segment));
  return ethernet(0x0800, ipv4({ source, destination, identification: fields.seq! % 65_521 }, segment));
}

function packetsOf(connection: Connection): Sent[] {
  const { start, closed } = connection;
  const isn = 1000 + Math.floor(start * 100_000);
  const steps: [at: number, fromClient: boolean, flags: number, seq: number, ack: number, length: number][] = [
    [start, true, SYN, isn, 0, 0],
    [start + 0.001, false, SYN | ACK, 7000, isn + 1, 0],
    [start + 0.002, true, ACK, isn + 1, 7001, 0],
    [start + 0.003, true, ACK | PSH, isn + 1, 7001, 10],
    [start + 0.004, false, ACK | PSH, 7001, isn + 11, 20],
    [start + 0.005, true, ACK, isn + 11, 7021, 0],
  ];
  if (closed !== undefined) {
    steps.push([closed, true, FIN | ACK, isn + 11, 7021, 0], [closed + 0.001, false, FIN | ACK, 7021, isn + 12, 0]);
    steps.push([closed + 0.002, true, ACK, isn + 12, 7022, 0]);
  }
  return steps.map(([at, fromClient, flags, seq, ack, length], packet) => {
    const towards = fromClient === (connection.atRemote ?? false) ? 'in' : 'out';
    const options = connection.options?.(towards, packet) ?? [];
    return { at, frame: frameOf(connection, fromClient, { flags, seq, ack }, length), options };
  });
}

export function framesOf(connections: readonly Connection[]): Octets[] {
  return sentBy(connections).map(({ frame }) => frame);
}

function sentBy(connections: readonly Connection[]): Sent[] {
  return connections.flatMap(packetsOf).sort((one, other) => one.at - other.at);
}

/** A pcapng file of the connections, `blocks` before their packets. */
export function captured(connections: readonly Connection[], blocks: readonly Uint8Array[] = []): Octets {
  const packets = sentBy(connections).map(({ at, frame, options }) =>
    enhancedPacket({ frame, options, ticks: FIRST_TICKS + BigInt(Math.round(at * 1e6)) }),
  );
  return join(sectionHeader(), interfaceDescription(), ...blocks, ...packets);
}

/** The files as one job, fed in pieces. */
export function analysed(files: readonly Uint8Array[], evidence: EvidenceFacts = joinEvidence([])): Conclusion {
  const { analysis, reading } = directAnalysis(files.length);
  const fed = files.map(() => 0);
  for (let capture = reading.wanted(); capture >= 0; capture = reading.wanted()) {
    const piece = files[capture]!.subarray(fed[capture], fed[capture]! + 1000);
    fed[capture]! += piece.length;
    if (piece.length === 0) reading.end(capture);
    else reading.reader(capture).feed(piece);
  }
  const origins = files.map(({ length }, index) => ({
    name: `${index}`,
    sha256: null,
    bytes: length,
    compression: 'none',
  }));
  const options = { ...DEFAULT_LEDGER_OPTIONS, portRange: { first: 49_152, last: 65_535 } };
  return analysis.conclude(reading.finish(), origins, options, evidence);
}

/** Octets of an address of either family. */
export function octetsOf(address: string): Octets {
  return address.includes(':') ? v6(address) : v4(address);
}

export const pidOf =
  (pid: number): Connection['options'] =>
  (towards) =>
    etl2pcapng(pid, towards);
export const command =
  (pid: number, name: string): Connection['options'] =>
  (towards) =>
    ptcpdump(pid, name, towards);

/** `pid name source confidence attempts/open clients` of each process of the report. */
export function told({ processes }: Report): string[] {
  return processes.map(
    ({ pid, name, source, confidence, attempts, openSessions, clients }) =>
      `${pid} ${name} ${source} ${confidence} ${attempts}/${openSessions} ${clients.join(',')}`,
  );
}
