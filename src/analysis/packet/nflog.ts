import type { Frame } from './frame.ts';
import { DONE, RAW_IP } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** LINKTYPE_NFLOG: address family, version, resource; then values of type and length, padded to four octets. */
const HEADER = 4;
const VALUE_HEADER = 4;
const PAYLOAD = 9;

/** Lengths and types are in the byte order of the host that captured; a wrong guess makes the first length too long. */
export function nflog(frame: Frame): number {
  const { view, offset: start, end } = frame;
  if (end - start < HEADER + VALUE_HEADER) return stop(LINK_HEADER_CUT);
  const little = view.getUint16(start + HEADER, true) <= view.getUint16(start + HEADER);
  for (let at = start + HEADER; end - at >= VALUE_HEADER; ) {
    const length = view.getUint16(at, little);
    if (length < VALUE_HEADER) return DONE;
    // The top bits flag nesting and byte order (linux/netlink.h, NLA_TYPE_MASK).
    if ((view.getUint16(at + 2, little) & 0x3fff) === PAYLOAD) {
      frame.offset = at + VALUE_HEADER;
      frame.end = Math.min(end, at + length);
      return RAW_IP;
    }
    at += (length + 3) & ~3;
  }
  return stop(LINK_HEADER_CUT);
}
