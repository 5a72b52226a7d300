/** What the bits of a row's `facts` say. */
import * as layout from './row-layout.ts';

const { ANSWERED, ANSWER_SHIFT, BOTH_FIN, EITHER_RST, HANDSHAKE, MAX_SYN_COPIES, PREVIOUS_STATE_SHIFT } = layout;
const { REPLACED, SYN_COPY } = layout;

/** The bit of the segment's sender, given the left end's. */
export function side(fromLeft: boolean, leftBit: number): number {
  return fromLeft ? leftBit : leftBit << 1;
}

/** The bit of the segment's receiver. */
export function otherSide(fromLeft: boolean, leftBit: number): number {
  return fromLeft ? leftBit << 1 : leftBit;
}

/** One more copy of a SYN that the capture holds twice; counted up to 63. */
export function withSynCopy(facts: number): number {
  return synCopiesIn(facts) < MAX_SYN_COPIES ? facts + SYN_COPY : facts;
}

export function synCopiesIn(facts: number): number {
  return facts >>> 26;
}

export function answerBits(answer: number): number {
  return ANSWERED | (answer << ANSWER_SHIFT);
}

export function answerIn(facts: number): number {
  return (facts >>> ANSWER_SHIFT) & 3;
}

export function previousStateBits(state: number): number {
  return state << PREVIOUS_STATE_SHIFT;
}

export function previousStateIn(facts: number): number {
  return (facts >>> PREVIOUS_STATE_SHIFT) & 7;
}

/** Where a session is known to be over: by both FINs, by a RST after its handshake, or because a SYN replaced it. */
export function isOver(facts: number): boolean {
  return (
    (facts & BOTH_FIN) === BOTH_FIN ||
    (facts & REPLACED) !== 0 ||
    ((facts & EITHER_RST) !== 0 && (facts & HANDSHAKE) !== 0)
  );
}
