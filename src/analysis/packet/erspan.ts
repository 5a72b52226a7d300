import type { Frame } from './frame.ts';
import { DONE, ETHERNET, RAW_IP } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** draft-foschiano-erspan section 4.2. */
const TYPE_2_HEADER = 8;
const TYPE_2_VERSION = 1;
/** Section 4.3: the last half word holds P, frame type, hardware, direction, granularity, O. */
const TYPE_3_HEADER = 12;
const TYPE_3_VERSION = 2;
const TYPE_3_BITS_AT = 10;
const PLATFORM_SUBHEADER = 8;
const FRAME_ETHERNET = 0;
const FRAME_IP = 2;

export function erspan2(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < TYPE_2_HEADER) return stop(TUNNEL_HEADER_CUT);
  frame.offset = at + TYPE_2_HEADER;
  return view.getUint8(at) >>> 4 === TYPE_2_VERSION ? ETHERNET : DONE;
}

export function erspan3(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < TYPE_3_HEADER) return stop(TUNNEL_HEADER_CUT);
  if (view.getUint8(at) >>> 4 !== TYPE_3_VERSION) return DONE;
  const bits = view.getUint16(at + TYPE_3_BITS_AT);
  frame.offset = at + TYPE_3_HEADER + (bits & 1 ? PLATFORM_SUBHEADER : 0);
  const type = (bits >>> 10) & 0x1f;
  if (type === FRAME_ETHERNET) return ETHERNET;
  return type === FRAME_IP ? RAW_IP : DONE;
}
