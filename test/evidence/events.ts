/** The words of an event in two languages, and what the tests compare of one. */
import type { LoggedEvent } from '../../src/contract/evidence.ts';

export const TEXT = {
  english:
    'TCP/IP failed to establish an outgoing connection because the selected local endpoint was recently used to connect to the same remote endpoint.',
  german:
    'Die TCP/IP-Verbindung konnte nicht hergestellt werden, da der ausgewählte lokale Endpunkt kürzlich für dieselbe Gegenstelle verwendet wurde.',
};

export const brief = ({ time, zone, numbers, place }: LoggedEvent) => ({ time, zone, numbers, line: place?.line });
