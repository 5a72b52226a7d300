import type { Frame } from './frame.ts';
import { DONE } from './layers.ts';
import { linkLayer } from './link-types.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** Apple's xnu, bsd/net/pktap.h, little endian. The flags of both versions are at one place, and tell the version. */
const FLAGS_AT = 36;
const DIRECTION_IN = 1;
const DIRECTION_OUT = 2;
const VERSION_2 = 0x0008_0000;

/** Version 1: length, type of the next header, link type; process and effective process with their names. */
const LINK_TYPE_AT = 8;
const PID_AT = 52;
const NAME_AT = 56;
const EFFECTIVE_PID_AT = 84;
const EFFECTIVE_NAME_AT = 88;
const HEADER = 108;

/** Version 2: an octet of length, offsets of what may follow the header, link type. */
const V2_NAME_OFFSET_AT = 4;
const V2_EFFECTIVE_NAME_OFFSET_AT = 5;
const V2_LINK_TYPE_AT = 6;
const V2_PID_AT = 28;
const V2_EFFECTIVE_PID_AT = 32;
const V2_HEADER = 40;

/** A name and the zero behind it. */
const NAME = 17;

/** LINKTYPE_PKTAP, and LINKTYPE_USER2 of older macOS: whose packet it is stands before it. */
export function pktap(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < V2_HEADER) return stop(LINK_HEADER_CUT);
  const flags = view.getUint32(at + FLAGS_AT, true);
  const second = (flags & VERSION_2) !== 0;
  const length = second ? view.getUint8(at) : view.getUint32(at, true);
  if (length < (second ? V2_HEADER : HEADER)) return DONE;
  if (length > frame.end - at) return stop(LINK_HEADER_CUT);
  const owner = second ? ownerV2(frame, at + length) : ownerV1(frame);
  // A process belongs to the host that captured: without a direction it is nobody's.
  if (flags & DIRECTION_OUT) frame.process = owner;
  else if (flags & DIRECTION_IN) frame.process = 0 - owner;
  frame.offset = at + length;
  return linkLayer(second ? view.getUint16(at + V2_LINK_TYPE_AT, true) : view.getUint32(at + LINK_TYPE_AT, true));
}

/** The effective process is the one on whose behalf another works: it counts where the socket has no process itself. */
function ownerV1(frame: Frame): number {
  const at = frame.offset;
  const end = at + HEADER;
  return (
    owner(frame, at + PID_AT, at + NAME_AT, end) || owner(frame, at + EFFECTIVE_PID_AT, at + EFFECTIVE_NAME_AT, end)
  );
}

function ownerV2(frame: Frame, end: number): number {
  const { view, offset: at } = frame;
  const name = view.getUint8(at + V2_NAME_OFFSET_AT);
  const effectiveName = view.getUint8(at + V2_EFFECTIVE_NAME_OFFSET_AT);
  return (
    owner(frame, at + V2_PID_AT, name === 0 ? end : at + name, end) ||
    owner(frame, at + V2_EFFECTIVE_PID_AT, effectiveName === 0 ? end : at + effectiveName, end)
  );
}

function owner({ view, processes }: Frame, pidAt: number, nameAt: number, end: number): number {
  const from = Math.min(nameAt, end);
  let to = from;
  while (to < Math.min(end, from + NAME) && view.getUint8(to) !== 0) to++;
  return processes.owner('pktap', view.getUint32(pidAt, true), view, from, to);
}
