import type { Frame } from './frame.ts';
import { DONE, WIRELESS } from './layers.ts';
import { linkLayer } from './link-types.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** All of these are little endian and tell their own length. Radiotap: version, pad, length, fields present. */
const RADIOTAP_LENGTH_AT = 2;
const RADIOTAP_PRESENT_AT = 4;
const RADIOTAP_HEADER = 8;
const PRESENT_MORE = 0x8000_0000;
const PRESENT_TIME = 1;
const PRESENT_FLAGS = 2;
/** Between the 802.11 header and its payload there is padding to four octets. */
const FLAG_PADDED = 0x20;

/** PPI: version, flags, length, link type. */
const PPI_LENGTH_AT = 2;
const PPI_LINK_TYPE_AT = 4;
const PPI_HEADER = 8;

/** Network Monitor's 802.11 metadata: version, length. */
const NETMON_LENGTH_AT = 1;
const NETMON_HEADER = 3;

export function radiotap(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < RADIOTAP_HEADER) return stop(LINK_HEADER_CUT);
  const length = view.getUint16(at + RADIOTAP_LENGTH_AT, true);
  if (length < RADIOTAP_HEADER || length > frame.end - at) return stop(LINK_HEADER_CUT);
  frame.offset = at + length;
  frame.padded = (radiotapFlags(view, at, at + length) & FLAG_PADDED) !== 0;
  return WIRELESS;
}

/** The flags follow the words that tell what is present, and a time of eight octets, aligned, where there is one. */
function radiotapFlags(view: DataView, start: number, end: number): number {
  let at = start + RADIOTAP_PRESENT_AT;
  const present = view.getUint32(at, true);
  let word = present;
  while ((word & PRESENT_MORE) !== 0 && at + 8 <= end) {
    at += 4;
    word = view.getUint32(at, true);
  }
  at += 4;
  if (present & PRESENT_TIME) at += ((8 - ((at - start) & 7)) & 7) + 8;
  return present & PRESENT_FLAGS && at < end ? view.getUint8(at) : 0;
}

export function ppi(frame: Frame): number {
  const { view, offset: at } = frame;
  frame.padded = false;
  if (frame.end - at < PPI_HEADER) return stop(LINK_HEADER_CUT);
  const length = view.getUint16(at + PPI_LENGTH_AT, true);
  if (length < PPI_HEADER) return DONE;
  frame.offset = at + length;
  return linkLayer(view.getUint32(at + PPI_LINK_TYPE_AT, true));
}

export function netmonRadio(frame: Frame): number {
  const { view, offset: at } = frame;
  frame.padded = false;
  if (frame.end - at < NETMON_HEADER) return stop(LINK_HEADER_CUT);
  const length = view.getUint16(at + NETMON_LENGTH_AT, true);
  if (length < NETMON_HEADER) return DONE;
  frame.offset = at + length;
  return WIRELESS;
}
