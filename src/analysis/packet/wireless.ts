import type { Frame } from './frame.ts';
import { DONE, LLC } from './layers.ts';
import { ENCRYPTED, LINK_HEADER_CUT, stop } from './oddities.ts';

/** IEEE 802.11-2020 section 9.2: frame control, little endian. */
const VERSION_AND_TYPE = 0x000f;
const TYPE_DATA = 0x0008;
const SUBTYPE_WITHOUT_DATA = 0x0040;
const SUBTYPE_QOS = 0x0080;
const TO_AND_FROM_DISTRIBUTION = 0x0300;
const PROTECTED = 0x4000;
const ORDER = 0x8000;

const HEADER = 24;
const FOURTH_ADDRESS = 6;
const QOS_CONTROL = 2;
const HT_CONTROL = 4;
const QOS_AGGREGATED = 0x80;
const SEQUENCE_CONTROL_AT = 22;
const FRAGMENT_NUMBER = 0x000f;

/** Section 9.3.2.2.2: destination, source, length; each but the last is padded to four octets. */
const SUBFRAME_HEADER = 14;
const SUBFRAME_LENGTH_AT = 12;

/** Data frames that are not encrypted; the first fragment of those in pieces. */
export function wireless(frame: Frame): number {
  const { view, offset: at, end } = frame;
  if (end - at < HEADER) return stop(LINK_HEADER_CUT);
  const control = view.getUint16(at, true);
  if ((control & VERSION_AND_TYPE) !== TYPE_DATA || control & SUBTYPE_WITHOUT_DATA) return DONE;
  if (control & PROTECTED) return stop(ENCRYPTED);
  if (view.getUint16(at + SEQUENCE_CONTROL_AT, true) & FRAGMENT_NUMBER) return DONE;
  let header = HEADER;
  if ((control & TO_AND_FROM_DISTRIBUTION) === TO_AND_FROM_DISTRIBUTION) header += FOURTH_ADDRESS;
  const qosAt = at + header;
  if (control & SUBTYPE_QOS) header += QOS_CONTROL + (control & ORDER ? HT_CONTROL : 0);
  if (frame.padded) header = (header + 3) & ~3;
  if (end - at < header) return stop(LINK_HEADER_CUT);
  frame.offset = at + header;
  if (control & SUBTYPE_QOS && view.getUint8(qosAt) & QOS_AGGREGATED) return lastSubframe(frame);
  return LLC;
}

/** Of a frame that holds several, the last one that is captured whole counts, as a frame has one segment. */
function lastSubframe(frame: Frame): number {
  const { view, end } = frame;
  let at = frame.offset;
  if (end - at < SUBFRAME_HEADER) return stop(LINK_HEADER_CUT);
  for (;;) {
    const next = at + ((subframeLength(view, at) + 3) & ~3);
    if (end - next < SUBFRAME_HEADER || next + subframeLength(view, next) > end) break;
    at = next;
  }
  frame.offset = at + SUBFRAME_HEADER;
  return LLC;
}

function subframeLength(view: DataView, at: number): number {
  return SUBFRAME_HEADER + view.getUint16(at + SUBFRAME_LENGTH_AT);
}
