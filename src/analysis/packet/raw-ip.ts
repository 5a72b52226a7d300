import type { Frame } from './frame.ts';
import { DONE, IPV4, IPV6 } from './layers.ts';
import { IP_HEADER_CUT, IP_HEADER_INVALID, LINK_HEADER_CUT, stop } from './oddities.ts';

/** IP without any header before it: the version tells which. */
export function rawIp(frame: Frame): number {
  if (frame.end <= frame.offset) return stop(IP_HEADER_CUT);
  const version = frame.view.getUint8(frame.offset) >>> 4;
  if (version === 4) return IPV4;
  return version === 6 ? IPV6 : stop(IP_HEADER_INVALID);
}

/**
 * LINKTYPE_NULL: an address family in the byte order of the host that captured, which a file that was copied does not
 * tell. All families are below 256, so the other half shows a number in the wrong order.
 */
export function nullLink(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < 4) return stop(LINK_HEADER_CUT);
  const family = frame.view.getUint32(at, true);
  frame.offset = at + 4;
  return familyLayer(family > 0xffff ? frame.view.getUint32(at) : family);
}

/** LINKTYPE_LOOP: the address family in network byte order. */
export function loop(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < 4) return stop(LINK_HEADER_CUT);
  frame.offset = at + 4;
  return familyLayer(frame.view.getUint32(at));
}

/** AF_INET is 2 everywhere; AF_INET6 is the host's own number. */
function familyLayer(family: number): number {
  switch (family) {
    case 2:
      return IPV4;
    case 10: // Linux
    case 23: // Windows
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // macOS
      return IPV6;
    default:
      return DONE;
  }
}
