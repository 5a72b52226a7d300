import type { Frame } from './frame.ts';
import { DONE, PPP } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** RFC 2661 section 3.1. */
const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const VERSION = 0x000f;
const FLAGS_AND_IDS = 6;

/** Version 2; what version 3 carries is agreed on by its control messages. */
export function l2tp(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < FLAGS_AND_IDS) return stop(TUNNEL_HEADER_CUT);
  const flags = view.getUint16(at);
  if (flags & CONTROL || (flags & VERSION) !== 2) return DONE;
  let header = FLAGS_AND_IDS + (flags & LENGTH ? 2 : 0) + (flags & SEQUENCE ? 4 : 0);
  if (flags & OFFSET) {
    if (frame.end - at < header + 2) return stop(TUNNEL_HEADER_CUT);
    header += 2 + view.getUint16(at + header);
  }
  frame.offset = at + header;
  return PPP;
}
