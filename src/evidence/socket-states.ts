import type { SocketState } from '../contract/evidence.ts';

/**
 * The words of the tools for the states of a socket, without case, blanks, `-` and `_`: Windows' netstat, MSDN's other
 * spellings, Get-NetTCPConnection, Linux' netstat and ss, and the translations that netstats have been seen with.
 */
const WORDS: Record<SocketState, string[]> = {
  CLOSED: ['CLOSED', 'CLOSE', 'GESCHLOSSEN', 'FERME', 'CERRADO'],
  LISTENING: ['LISTENING', 'LISTEN', 'ABHOREN', 'ECOUTE', 'ESCUCHANDO', 'ESCUCHAR', 'ПРОСЛУШИВАНИЕ'],
  SYN_SENT: ['SYNSENT', 'SYNSEND', 'SYNGESENDET'],
  SYN_RECEIVED: ['SYNRECEIVED', 'SYNRECV', 'SYNRCVD', 'SYNEMPFANGEN'],
  ESTABLISHED: ['ESTABLISHED', 'ESTAB', 'HERGESTELLT', 'ETABLIE', 'ETABLI', 'ESTABLECIDO', 'УСТАНОВЛЕНО'],
  FIN_WAIT_1: ['FINWAIT1', 'FINWARTEN1'],
  FIN_WAIT_2: ['FINWAIT2', 'FINWARTEN2'],
  CLOSE_WAIT: ['CLOSEWAIT', 'SCHLIESSENWARTEN', 'SCHLIEßENWARTEN'],
  CLOSING: ['CLOSING', 'SCHLIESSEND'],
  LAST_ACK: ['LASTACK'],
  TIME_WAIT: ['TIMEWAIT', 'TIMEDWAIT', 'WARTEND'],
  DELETE_TCB: ['DELETETCB'],
  BOUND: ['BOUND', 'GEBUNDEN'],
};

/** MIB_TCP_STATE of iphlpapi (tcpmib.h), which ConvertTo-Json writes as numbers; 100 is Bound of Get-NetTCPConnection. */
const MIB_STATES: Record<string, SocketState> = {
  1: 'CLOSED',
  2: 'LISTENING',
  3: 'SYN_SENT',
  4: 'SYN_RECEIVED',
  5: 'ESTABLISHED',
  6: 'FIN_WAIT_1',
  7: 'FIN_WAIT_2',
  8: 'CLOSE_WAIT',
  9: 'CLOSING',
  10: 'LAST_ACK',
  11: 'TIME_WAIT',
  12: 'DELETE_TCB',
  100: 'BOUND',
};

const BY_WORD = new Map<string, SocketState>(Object.entries(MIB_STATES));
for (const [state, words] of Object.entries(WORDS)) for (const word of words) BY_WORD.set(word, state as SocketState);

/** Null for a word that is not known here. */
export function socketState(word: string): SocketState | null {
  const plain = word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toUpperCase()
    .replace(/[\s_-]/g, '');
  // A German netstat read in the wrong code page: the umlaut became one to three other characters.
  if (/^ABH.{1,3}REN$/.test(plain)) return 'LISTENING';
  return BY_WORD.get(plain) ?? null;
}
