import type { ErrorCode } from '../../errors.ts';
import type { Oddity } from '../packet/oddities.ts';

export type CaptureFormat = 'pcap' | 'pcapng' | 'netmon' | 'snoop' | 'unknown';

export interface InterfaceSummary {
  /** Name in the registry of link types, such as ETHERNET. */
  readonly linkType: string;
  readonly linkTypeNumber: number;
  /** False where frames of this link type are counted and not decoded. */
  readonly supported: boolean;
  /** Octets; 0 stands for no limit. */
  readonly snaplen: number;
  /** The capture filter as text, null where there was none or the file does not tell. */
  readonly filter: string | null;
  readonly packets: number;
  /** Packets that the capturing side says it lost here; null where the file does not tell. */
  readonly dropped: number | null;
}

export interface ReadError {
  readonly code: ErrorCode;
  readonly message: string;
  /** In octets of the file as it is without compression. */
  readonly offset: number | null;
}

/** A process and one connection of its, as the capturing side knew them. */
export interface ProcessSocket {
  readonly pid: number;
  readonly path: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** What one file held. Every count is of frames as they are in the file, duplicates included. */
export interface CaptureSummary {
  readonly format: CaptureFormat;
  readonly interfaces: readonly InterfaceSummary[];
  readonly packets: number;
  /** Earliest and latest time, nanoseconds since `Timeline.baseSeconds`; NaN where no packet has one. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** The file was read to its end. */
  readonly complete: boolean;
  /** Also set, on a file that is complete, for damage that did not end the reading. */
  readonly error: ReadError | null;
  readonly tcpSegments: number;
  /** SYN set and ACK clear. */
  readonly synPackets: number;
  readonly synAckPackets: number;
  readonly finPackets: number;
  readonly rstPackets: number;
  /** Only names that occurred. */
  readonly oddities: Partial<Record<Oddity, number>>;
  /** Sum over the interfaces that tell; null where none does. */
  readonly dropped: number | null;
  /** Times are the capturing host's local time, taken for UTC: Network Monitor before its version 2.3. */
  readonly localTimes: boolean;
  /** Network Monitor's table of processes; empty for other formats. */
  readonly processes: readonly ProcessSocket[];
}
