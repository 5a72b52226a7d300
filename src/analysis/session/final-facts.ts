/** From the bits of a tracked row to the facts of a session, once it is known which end is the client. */
import { establishedState } from './reuse.ts';
import * as roles from './roles.ts';
import { answerIn, previousStateIn, synCopiesIn } from './row-facts.ts';
import * as layout from './row-layout.ts';
import * as sessions from './sessions.ts';

const { RIGHT, UNKNOWN } = roles;
const { ACK_SEEN, EITHER_RST, EITHER_SYN_ACK, HANDSHAKE, REFUSAL, RIGHT_CLOSED_FIRST, RST_LEFT } = layout;
const { FIN_UNSEEN: ROW_FIN_UNSEEN, MIDSTREAM: ROW_MIDSTREAM, REPLACED: ROW_REPLACED, SEEN_LEFT, SEEN_RIGHT } = layout;
const { BY_CLIENT, BY_NONE, BY_REMOTE, BY_RST_CLIENT, BY_RST_REMOTE, CLOSED, HALF_OPEN, REFUSED, RESET, SYN_SENT } =
  sessions;
const { CLIENT_KNOWN, CLIENT_SEEN, DIRECTION_MISSING, ESTABLISHED, FIN_UNSEEN, MIDSTREAM, REMOTE_SEEN } = sessions;
const { REPLACED, SYN_ACK_UNSEEN } = sessions;
const { ANSWER_SHIFT, CLOSER_SHIFT, PREVIOUS_STATE_SHIFT, SYN_COPIES_SHIFT } = sessions;

/** `facts` of the row; `client` is one of the ends of roles.ts. */
export function finalFacts(facts: number, client: number): number {
  const clientIsLeft = client !== RIGHT;
  const established = (facts & HANDSHAKE) !== 0;
  const state = established ? establishedState(facts, clientIsLeft) : attemptState(facts);
  const seen = seenBits(facts, clientIsLeft);
  let final = state | (closerOf(facts, state, clientIsLeft) << CLOSER_SHIFT) | (answerIn(facts) << ANSWER_SHIFT);
  final |= (previousStateIn(facts) << PREVIOUS_STATE_SHIFT) | (synCopiesIn(facts) << SYN_COPIES_SHIFT);
  if (established && facts & ROW_FIN_UNSEEN) final |= FIN_UNSEEN;
  if (missesSynAck(facts)) final |= SYN_ACK_UNSEEN;
  if (facts & ROW_MIDSTREAM) final |= MIDSTREAM;
  if (client !== UNKNOWN) final |= CLIENT_KNOWN;
  if (established) final |= ESTABLISHED;
  if (state === RESET && facts & ROW_REPLACED) final |= REPLACED;
  const spoken = established || (facts & EITHER_SYN_ACK) !== 0;
  if (spoken && facts & ACK_SEEN && seen !== (CLIENT_SEEN | REMOTE_SEEN)) final |= DIRECTION_MISSING;
  return final | seen;
}

function missesSynAck(facts: number): boolean {
  const bothSeen = (facts & SEEN_LEFT) !== 0 && (facts & SEEN_RIGHT) !== 0;
  return bothSeen && (facts & (HANDSHAKE | ROW_MIDSTREAM | EITHER_SYN_ACK)) === HANDSHAKE;
}

function attemptState(facts: number): number {
  if (facts & EITHER_SYN_ACK) return HALF_OPEN;
  return facts & REFUSAL ? REFUSED : SYN_SENT;
}

function seenBits(facts: number, clientIsLeft: boolean): number {
  const left = clientIsLeft ? CLIENT_SEEN : REMOTE_SEEN;
  const right = clientIsLeft ? REMOTE_SEEN : CLIENT_SEEN;
  return (facts & SEEN_LEFT ? left : 0) | (facts & SEEN_RIGHT ? right : 0);
}

/** The side of the first FIN where both sent one; else the sender of the RST that ended an established session. */
function closerOf(facts: number, state: number, clientIsLeft: boolean): number {
  if (state === CLOSED) return ((facts & RIGHT_CLOSED_FIRST) === 0) === clientIsLeft ? BY_CLIENT : BY_REMOTE;
  if (state !== RESET || (facts & EITHER_RST) === 0) return BY_NONE;
  return ((facts & RST_LEFT) !== 0) === clientIsLeft ? BY_RST_CLIENT : BY_RST_REMOTE;
}
