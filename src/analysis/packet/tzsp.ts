import type { Frame } from './frame.ts';
import { DONE, ETHERNET, WIRELESS } from './layers.ts';
import { linkLayer } from './link-types.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** TaZmen Sniffer Protocol: version, type, what is encapsulated, then tags up to an end tag. */
const HEADER = 4;
const VERSION_1 = 1;
const RECEIVED = 0;
const TRANSMIT = 1;
const TAG_PADDING = 0;
const TAG_END = 1;

export function tzsp(frame: Frame): number {
  const { view, offset: start, end } = frame;
  if (end - start < HEADER) return stop(TUNNEL_HEADER_CUT);
  const type = view.getUint8(start + 1);
  if (view.getUint8(start) !== VERSION_1 || (type !== RECEIVED && type !== TRANSMIT)) return DONE;
  for (let at = start + HEADER; end - at >= 2; ) {
    const tag = view.getUint8(at);
    if (tag === TAG_END) {
      frame.offset = at + 1;
      return encapsulated(frame, view.getUint16(start + 2));
    }
    at += tag === TAG_PADDING ? 1 : 2 + view.getUint8(at + 1);
  }
  return stop(TUNNEL_HEADER_CUT);
}

function encapsulated(frame: Frame, protocol: number): number {
  frame.padded = false;
  switch (protocol) {
    case 1:
      return ETHERNET;
    case 18:
      return WIRELESS;
    case 127:
      return linkLayer(127);
    default:
      return DONE;
  }
}
