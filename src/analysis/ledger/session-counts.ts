import {
  CLIENT_KNOWN,
  CLOSED,
  DIRECTION_MISSING,
  ESTABLISHED,
  FIN_UNSEEN,
  MIDSTREAM,
  type Sessions,
  SYN_ACK_UNSEEN,
  stateOf,
} from '../session/sessions.ts';
import { synRetransmissions } from './counts.ts';

/** How many of all sessions show what. */
export interface SessionCounts {
  readonly midstream: number;
  /** Established attempts. */
  readonly handshakes: number;
  readonly closed: number;
  /** In any state but closed and reset. */
  readonly unended: number;
  readonly synRetransmissions: number;
  /** It cannot be told which end is the client. */
  readonly unknown: number;
  /** Only one direction is in the capture, though both spoke. */
  readonly oneWay: number;
  readonly finsUnseen: number;
  readonly synAcksUnseen: number;
}

export function countSessions(sessions: Sessions): SessionCounts {
  const { facts, count } = sessions;
  let midstream = 0;
  let handshakes = 0;
  let closed = 0;
  let unended = 0;
  let retransmissions = 0;
  let unknown = 0;
  let oneWay = 0;
  let finsUnseen = 0;
  let synAcksUnseen = 0;
  for (let row = 0; row < count; row++) {
    const fact = facts[row]!;
    if (fact & MIDSTREAM) midstream++;
    else {
      retransmissions += synRetransmissions(sessions, row);
      if (fact & ESTABLISHED) handshakes++;
    }
    if (isUnended(fact)) unended++;
    else if (stateOf(fact) === CLOSED) closed++;
    if ((fact & CLIENT_KNOWN) === 0) unknown++;
    if (fact & DIRECTION_MISSING) oneWay++;
    if (fact & FIN_UNSEEN) finsUnseen++;
    if (fact & SYN_ACK_UNSEEN) synAcksUnseen++;
  }
  return {
    midstream,
    handshakes,
    closed,
    unended,
    synRetransmissions: retransmissions,
    unknown,
    oneWay,
    finsUnseen,
    synAcksUnseen,
  };
}

/** Closed and reset are the last of the states. */
function isUnended(facts: number): boolean {
  return stateOf(facts) < CLOSED;
}

/** The session rows in any state but closed and reset: few in most captures, and most faults are among them. */
export function unendedRows({ facts, count }: Sessions, { unended }: SessionCounts): Uint32Array {
  const rows = new Uint32Array(unended);
  let at = 0;
  for (let row = 0; row < count; row++) if (isUnended(facts[row]!)) rows[at++] = row;
  return rows;
}
