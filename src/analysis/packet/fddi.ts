import type { Frame } from './frame.ts';
import { DONE, LLC } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** ANSI X3.139: frame control and two addresses. */
const HEADER = 13;
/** Class and length of address, and the priority, may be anything in a frame with LLC: xL01xxxx. */
const FORMAT = 0x30;
const LLC_FORMAT = 0x10;

export function fddi(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + HEADER;
  return (frame.view.getUint8(at) & FORMAT) === LLC_FORMAT ? LLC : DONE;
}
