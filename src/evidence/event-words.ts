import { EVENT_NUMBERS, type EventNumber } from '../contract/evidence.ts';
import type { Endpoint } from '../contract/report.ts';
import { canonicalAddress, portNumber } from './address.ts';

const ENDPOINT_LIMIT = 16;

/** Winsock's names, and those of POSIX for the same errors. */
const ERROR_NAMES: Record<string, EventNumber> = {
  WSAEADDRINUSE: 10048,
  EADDRINUSE: 10048,
  WSAENOBUFS: 10055,
  ENOBUFS: 10055,
};

const NAMES = /\b(?:WSA)?(?:EADDRINUSE|ENOBUFS)\b/g;
/** A number that is called an error: a bare 10048 in a log may be anything. */
const CALLED_ERROR =
  /(?:error|err|errno|code|winsock|fehler|erreur|ошибк\p{L}{0,3}|failed|socket)[^\p{L}\d]{1,12}(10048|10055)(?!\d)/giu;
const BARE_NUMBER = /(?<![\d.:])(4227|4231|4266|10048|10055)(?![\d:]|\.\d)/g;
const ENDPOINT =
  /(?<![\d.\p{L}])(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.%]{2,60}\]|localhost)(?::|,?\s(?:port|Port)\s)(\d{1,5})(?!\d)/giu;

/** Errors that a text names as such. */
export function errorsNamed(text: string): EventNumber[] {
  const names = Array.from(text.matchAll(NAMES), (found) => ERROR_NAMES[found[0]]!);
  const numbers = Array.from(text.matchAll(CALLED_ERROR), (found) => Number(found[1]) as EventNumber);
  return inOrder([...names, ...numbers]);
}

/** Event and error numbers in the text of a user, who means them when he writes them. */
export function numbersIn(text: string): EventNumber[] {
  const bare = Array.from(text.matchAll(BARE_NUMBER), (found) => Number(found[1]) as EventNumber);
  return inOrder([...bare, ...errorsNamed(text)]);
}

function inOrder(numbers: EventNumber[]): EventNumber[] {
  return EVENT_NUMBERS.filter((number) => numbers.includes(number));
}

/** Every `address:port` that a text names, each once. */
export function endpointsIn(text: string): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const found of text.matchAll(ENDPOINT)) {
    const address = found[1]!.toLowerCase() === 'localhost' ? '127.0.0.1' : canonicalAddress(found[1]!);
    const port = portNumber(found[2]!);
    if (address === null || port === null || endpoints.length === ENDPOINT_LIMIT) continue;
    if (!endpoints.some((known) => known.address === address && known.port === port)) endpoints.push({ address, port });
  }
  return endpoints;
}
