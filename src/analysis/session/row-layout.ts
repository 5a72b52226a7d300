/**
 * How the tracker's rows are laid out, and what their bits mean.
 *
 * The hot files take these constants out of the module's namespace into constants of their own: V8 folds those, and loads
 * an imported one from its cell at every use. That is 15 ns of 100 a segment.
 */

/**
 * What every packet of a session reads or changes lies together, in one cache line of 64 octets a row, where one array a
 * field would be eleven lines. One buffer, seen as 32-bit words (sixteen a row), as doubles (eight), and as floats.
 */
export const WORDS_SHIFT = 4;
export const DOUBLES_SHIFT = 3;
export const ROW_OCTETS = 64;

/** Words: at row * 16. */
export const LEFT = 0;
export const RIGHT = 1;
/** Port of the left end * 65536 + port of the right end. */
export const PORTS = 2;
export const FACTS = 3;
export const ISN = 4;
/** Sequence number after the last octet seen from this end; valid once the end was seen. */
export const NEXT_LEFT = 5;
export const NEXT_RIGHT = 6;
export const PACKETS = 7;
/** Frame number of the last packet. */
export const LAST_FRAME = 8;
/** A float: the longest pause in seconds after which new payload came again. */
export const LONGEST_PAUSE = 9;

/** Doubles, behind the words: at row * 8. Latest time, latest time of new payload (NaN for never), octets on the wire. */
export const END = 5;
export const LAST_PAYLOAD = 6;
export const BYTES = 7;

/** Bits of `facts` while tracking. Where there is one for each end, the right one's is the left one's shifted by one. */
export const SEEN_LEFT = 1 << 0;
export const SEEN_RIGHT = 1 << 1;
export const FIN_LEFT = 1 << 2;
export const FIN_RIGHT = 1 << 3;
export const SYN_LEFT = 1 << 4;
export const SYN_RIGHT = 1 << 5;
/** The RST that ended the session, or the attempt, came from this end. */
export const RST_LEFT = 1 << 6;
export const RST_RIGHT = 1 << 7;
/** The first FIN came from the right end. */
export const RIGHT_CLOSED_FIRST = 1 << 8;
/** Both ends sent a FIN and the later one was acknowledged: nothing changes this session any more. */
export const CLOSE_ACKED = 1 << 9;
/** A SYN-ACK came from this end. */
export const SYN_ACK_LEFT = 1 << 10;
export const SYN_ACK_RIGHT = 1 << 11;
/** A RST answered the SYN, and no SYN came again since. */
export const REFUSAL = 1 << 12;
export const MIDSTREAM = 1 << 13;
/** A FIN that the capture missed: the other end acknowledged it. */
export const FIN_UNSEEN = 1 << 14;
/**
 * As long as there is no handshake, which a FIN needs: the SYN-ACK came again, or the client's bare RST refused it. So
 * it was never acknowledged, even in a capture that has no acknowledgments.
 */
export const SYN_ACK_IN_VAIN = FIN_UNSEEN;
export const HANDSHAKE = 1 << 15;
export const REPLACED = 1 << 16;
export const V6 = 1 << 17;
/** An acknowledgment that answers something else than this SYN; its number stands in the remote's `next`. */
export const CHALLENGE_PENDING = 1 << 18;
export const ANSWERED = 1 << 19;
/** A segment with ACK was seen: the other end must have spoken. */
export const ACK_SEEN = 1 << 20;
export const ANSWER_SHIFT = 21;
export const PREVIOUS_STATE_SHIFT = 23;
/** SYN copies, in the highest six bits. */
export const SYN_COPY = 1 << 26;
export const MAX_SYN_COPIES = 63;
export const EITHER_RST = RST_LEFT | RST_RIGHT;
export const BOTH_FIN = FIN_LEFT | FIN_RIGHT;
export const EITHER_SYN = SYN_LEFT | SYN_RIGHT;
export const EITHER_SYN_ACK = SYN_ACK_LEFT | SYN_ACK_RIGHT;
