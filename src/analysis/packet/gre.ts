import type { Frame } from './frame.ts';
import { DONE, ERSPAN_2, ERSPAN_3, ETHERNET, etherLayer, PPP, WIRELESS } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** RFC 2784 section 2.1, RFC 2890 section 2, RFC 2637 section 4.1, RFC 1701 for the source route. */
const HEADER = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const VERSION = 0x0007;
const FIELD = 4;

const ERSPAN = 0x88be;
const ERSPAN_TYPE_3 = 0x22eb;
const PPP_IN_PPTP = 0x880b;
/** Aruba's access points send 802.11 frames to their controller. */
const ARUBA_FIRST = 0x8200;
const ARUBA_LAST = 0x8370;

export function gre(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return stop(TUNNEL_HEADER_CUT);
  const flags = view.getUint16(at);
  if ((flags & VERSION) > 1 || flags & ROUTING) return DONE;
  frame.offset = at + HEADER + optionalFields(flags);
  if (frame.offset > frame.end) return stop(TUNNEL_HEADER_CUT);
  return greProtocol(frame, view.getUint16(at + 2), (flags & SEQUENCE) !== 0);
}

function optionalFields(flags: number): number {
  let octets = 0;
  if (flags & CHECKSUM) octets += FIELD;
  if (flags & KEY) octets += FIELD;
  if (flags & SEQUENCE) octets += FIELD;
  if (flags & VERSION && flags & ACKNOWLEDGMENT) octets += FIELD;
  return octets;
}

function greProtocol(frame: Frame, protocol: number, sequenced: boolean): number {
  switch (protocol) {
    case ERSPAN:
      // Type I has neither a sequence number nor a header of its own (draft-foschiano-erspan section 4.1).
      return sequenced ? ERSPAN_2 : ETHERNET;
    case ERSPAN_TYPE_3:
      return ERSPAN_3;
    case PPP_IN_PPTP:
      return PPP;
    default:
      if (protocol < ARUBA_FIRST || protocol > ARUBA_LAST) return etherLayer(protocol);
      frame.padded = false;
      return WIRELESS;
  }
}
