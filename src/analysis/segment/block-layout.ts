/** How the rows of a `SegmentBlock` are laid out. */

/** `words` holds so many 32-bit numbers a segment, in this order; `times` one double. */
export const WORDS = 12;
export const LEFT = 0;
export const RIGHT = 1;
/** Port of the left end * 65536 + port of the right end. */
export const PORTS = 2;
export const HASH = 3;
export const SEQ = 4;
export const ACKNOWLEDGED = 5;
export const LENGTH = 6;
export const WIRE_LENGTH = 7;
export const FRAME = 8;
/** Index of the capture * 65536 + TCP flags * 256 + the marks below. */
export const PLACE = 9;
export const PROCESS = 10;
export const KIN = 11;

export const CAPTURE_SHIFT = 16;
export const FLAGS_SHIFT = 8;

export const FROM_LEFT = 1;
export const V6 = 2;
/** A copy of a packet that came shortly before. */
export const COPY = 4;
/** The process only ran when the packet was logged: see `NamedProcesses.isContext`. */
export const CONTEXT = 8;
/** The capture names the process whose packet it is. */
export const NAMED = 16;
