import type { Frame } from './frame.ts';
import { DONE, RAW_IP } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** 3GPP TS 29.281 section 5.1: version 1 and the protocol type, then what optional fields there are. */
const HEADER = 8;
const VERSION_AND_TYPE = 0xf0;
const VERSION_1 = 0x30;
const OPTIONAL = 0x07;
const OPTIONAL_FIELDS = 4;
const EXTENSION = 0x04;
const USER_DATA = 255;

export function gtp(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER + OPTIONAL_FIELDS) return stop(TUNNEL_HEADER_CUT);
  const first = view.getUint8(at);
  if ((first & VERSION_AND_TYPE) !== VERSION_1 || view.getUint8(at + 1) !== USER_DATA) return DONE;
  frame.offset = at + HEADER + (first & OPTIONAL ? OPTIONAL_FIELDS : 0);
  return first & EXTENSION ? extensions(frame) : RAW_IP;
}

/** Section 5.2: each counts its length in words; the octet before it, and its own last one, tell what comes. */
function extensions(frame: Frame): number {
  const { view, end } = frame;
  let at = frame.offset;
  while (view.getUint8(at - 1) !== 0) {
    if (at >= end) return stop(TUNNEL_HEADER_CUT);
    const length = view.getUint8(at) * 4;
    at += length;
    if (length === 0 || at > end) return stop(TUNNEL_HEADER_CUT);
  }
  frame.offset = at;
  return RAW_IP;
}
