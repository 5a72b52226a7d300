/**
 * Where a frame's decoding stopped before its TCP header, and what was odd about records: a closed list of names, counted
 * per capture. None of them is an error. The index is what the hot path counts by.
 */
export const ODDITIES = [
  'link-header-cut',
  'link-type-unsupported',
  'ip-header-cut',
  'ip-header-invalid',
  'ip-fragment',
  'nested-too-deep',
  'tcp-header-cut',
  'tcp-header-invalid',
  'ip-length-zero',
  'snapped',
  'captured-beyond-wire',
  'time-missing',
  'time-backwards',
  'time-out-of-range',
  'time-fraction-invalid',
  'tunnel-header-cut',
  'encrypted',
  'clock-step',
] as const;
export type Oddity = (typeof ODDITIES)[number];

/** The link header is cut by the snap length or the frame's end. */
export const LINK_HEADER_CUT = 0;
export const LINK_TYPE_UNSUPPORTED = 1;
export const IP_HEADER_CUT = 2;
/** A version, header length or total length that no IP header can have. */
export const IP_HEADER_INVALID = 3;
/** A fragment behind the first: it holds no ports. */
export const IP_FRAGMENT = 4;
/** More headers in one another than are read. */
export const NESTED_TOO_DEEP = 5;
/** The octet with the TCP flags is not captured. */
export const TCP_HEADER_CUT = 6;
/** A data offset below five words. */
export const TCP_HEADER_INVALID = 7;
/** IP total length 0: segmentation was left to the network card, the frame's own length is taken. */
export const IP_LENGTH_ZERO = 8;
/** Records of which the snap length cut off octets. */
export const SNAPPED = 9;
/** Records that say that more octets were captured than were on the wire. */
export const CAPTURED_BEYOND_WIRE = 10;
/** pcapng simple packet blocks. */
export const TIME_MISSING = 11;
/** Records with an earlier time than the record before them. */
export const TIME_BACKWARDS = 12;
/** A time before 1970 or behind the year 9999: such a record counts, without time. */
export const TIME_OUT_OF_RANGE = 13;
/** A fraction of a whole second or more. */
export const TIME_FRACTION_INVALID = 14;

export const TUNNEL_HEADER_CUT = 15;
/** 802.11 frames whose payload is encrypted. */
export const ENCRYPTED = 16;
/** Records that are more than a second earlier than the one before: packets are not delayed that long, clocks are set. */
export const CLOCK_STEP = 17;

/** A decoder's answer that stands for "stop, and count this". */
export function stop(oddity: number): number {
  return -1 - oddity;
}
