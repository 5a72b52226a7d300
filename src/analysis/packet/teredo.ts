import type { Frame } from './frame.ts';
import { DONE, IPV6 } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** RFC 4380 section 5.1.1: indicators before the IPv6 packet begin with 0, its version is 6. */
const AUTHENTICATION = 1;
/** Lengths of the client's name and of the authentication, then a nonce and a confirmation. */
const AUTHENTICATION_FIXED = 4 + 8 + 1;
const ORIGIN = 0;
const ORIGIN_LENGTH = 8;

export function teredo(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 4) return stop(TUNNEL_HEADER_CUT);
  const indicator = view.getUint16(at);
  if (indicator === AUTHENTICATION) {
    frame.offset = at + AUTHENTICATION_FIXED + view.getUint8(at + 2) + view.getUint8(at + 3);
    return origin(frame);
  }
  return origin(frame);
}

function origin(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 2) return stop(TUNNEL_HEADER_CUT);
  if (view.getUint16(at) === ORIGIN) frame.offset = at + ORIGIN_LENGTH;
  if (frame.end <= frame.offset) return stop(TUNNEL_HEADER_CUT);
  return view.getUint8(frame.offset) >>> 4 === 6 ? IPV6 : DONE;
}
