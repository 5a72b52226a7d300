import type { Addresses } from '../segment/addresses.ts';
import type { Segment } from '../segment/segment.ts';
import type { Frame } from './frame.ts';
import { TCP } from './layers.ts';
import { stop, TCP_HEADER_CUT, TCP_HEADER_INVALID } from './oddities.ts';

/** RFC 9293 section 3.1. */
const SEQ_AT = 4;
const ACK_AT = 8;
const DATA_OFFSET_AT = 12;
const FLAGS_AT = 13;
const WINDOW_AT = 14;
const HEADER = 20;
/** A header counts where its flags are captured. */
const COUNTED = FLAGS_AT + 1;

/** Fills `segment` from the TCP header at the frame's offset; answers TCP, or why there is no segment. */
export function tcp(frame: Frame, segment: Segment, addresses: Addresses): number {
  const { view, offset: at, end } = frame;
  if (end - at < COUNTED) return stop(TCP_HEADER_CUT);
  const header = (view.getUint8(at + DATA_OFFSET_AT) >>> 4) << 2;
  if (header < HEADER) return stop(TCP_HEADER_INVALID);
  segment.sourcePort = view.getUint16(at);
  segment.destinationPort = view.getUint16(at + 2);
  segment.seq = view.getInt32(at + SEQ_AT);
  segment.ack = view.getInt32(at + ACK_AT);
  segment.flags = view.getUint8(at + FLAGS_AT);
  segment.window = end - at < WINDOW_AT + 2 ? 0 : view.getUint16(at + WINDOW_AT);
  const length = frame.wireEnd - at - header;
  segment.length = Math.max(length, 0);
  segment.family = frame.family;
  if (frame.family === 4) {
    segment.source = view.getInt32(frame.sourceAt);
    segment.destination = view.getInt32(frame.destinationAt);
  } else {
    segment.source = addresses.internV6(view, frame.sourceAt);
    segment.destination = addresses.internV6(view, frame.destinationAt);
  }
  const identity = frame.identification;
  segment.identity = identity !== 0 ? identity : hashOptions(view, at + HEADER, Math.min(at + header, end));
  return TCP;
}

/** FNV-1a over the captured options: their timestamps tell a packet seen twice from a segment sent twice. */
export function hashOptions(view: DataView, from: number, to: number): number {
  let hash = 0x811c9dc5;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x01000193);
  for (; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  return hash;
}
