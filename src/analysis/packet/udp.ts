import type { Frame } from './frame.ts';
import { AYIYA, DONE, GENEVE, GRE, GTP, L2TP, MPLS, TEREDO, TZSP, VXLAN } from './layers.ts';

/** RFC 768. */
const HEADER = 8;
const LENGTH_AT = 4;

/** Only the ports tell a tunnel; each of its decoders looks whether it is one. */
export function udp(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return DONE;
  const length = view.getUint16(at + LENGTH_AT);
  if (length >= HEADER) frame.end = Math.min(frame.end, at + length);
  frame.offset = at + HEADER;
  const layer = portLayer(view.getUint16(at + 2));
  return layer === DONE ? portLayer(view.getUint16(at)) : layer;
}

/** IANA "Service Name and Transport Protocol Port Number Registry". */
function portLayer(port: number): number {
  switch (port) {
    case 4789:
    case 8472: // what Linux used for VXLAN before it had a port, and container networks still do
      return VXLAN;
    case 6081:
      return GENEVE;
    case 2152:
      return GTP;
    case 3544:
      return TEREDO;
    case 1701:
      return L2TP;
    case 37008:
      return TZSP;
    case 5072:
      return AYIYA;
    case 4754:
      return GRE;
    case 6635:
      return MPLS;
    default:
      return DONE;
  }
}
