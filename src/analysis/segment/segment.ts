/** How many port numbers there are. */
export const PORTS = 65536;

/** TCP header flags (RFC 9293 section 3.1), as in the 13th octet of the header. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/**
 * One TCP segment as it is decoded. The dissector refills one instance for every packet, so it is valid until the next
 * packet only; whoever wants to keep something copies the numbers. Numbers of 32 bits are signed here: `n >>> 0` is the
 * number on the wire.
 */
export class Segment {
  /** Index of the capture in the job, as in the report. */
  capture = 0;
  /** Frame number in its own file, from 1, as Wireshark shows it. */
  frame = 0;
  /** Nanoseconds since `Timeline.baseSeconds`; NaN where the packet has no time (pcapng simple packet block). */
  time = Number.NaN;
  /** 4 or 6. */
  family = 4;
  /** IPv4: the address as 32 bits. IPv6: its id in `Addresses` (see addresses.ts). */
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Sequence and acknowledgment numbers, 32 bits. */
  seq = 0;
  ack = 0;
  /** The 8 flag bits of octet 13. */
  flags = 0;
  /** Octets of payload that the segment carried on the wire, whatever the snap length kept. SYN and FIN not counted. */
  length = 0;
  window = 0;
  /** IPv4 identification, or a hash of the TCP options where there is none (IPv6, or identification 0). */
  identity = 0;
  /** Length of the frame on the wire in octets. */
  wireLength = 0;
  /**
   * Whose packet it is, where the capture names the process: its id in `NamedProcesses` where it sent the packet, the
   * negative of that where it received it; else 0.
   */
  process = 0;
}

/** Who takes decoded segments: the stream to the tracker, or a batch that is merged by time with another file's. */
export interface SegmentSink {
  accept(segment: Segment): void;
}
