import type { SocketRow } from '../contract/evidence.ts';
import { canonicalAddress, portNumber, splitEndpoint } from './address.ts';
import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';
import type { OpenSnapshot } from './snapshot.ts';

const WITHOUT_N = 'names instead of addresses and ports, or cut short: netstat -ano (Linux: netstat -tanpW) shows them';

/** Columns, a rule, a time of day, a label: but `-b` prints "x: Windows Sockets initialization failed: 5" among rows. */
const OTHER_CONTENT = /^(?!\s*x: ).*(?:\S(?:\s{2,}|\t)\S|^\s*-{3}|\d{1,2}[:.]\d{2}|[:=](?:\s|$))/u;

interface Endpoint {
  address: string | null;
  port: number | null;
  /** The text holds a name, or a part of an address, where a number belongs. */
  named: boolean;
}

/** `netstat -ano[b][q]` of Windows in any language, and netstat of Linux and macOS: rows told by their columns. */
export function openNetstat(line: Line, context: TextContext): Section | null {
  if (!looksLikeRow(line.text)) return null;
  const section = new NetstatSection(context, line.number);
  section.take(line);
  return section;
}

/** The first words are a protocol and something with digits; a title such as "TCP Statistics for IPv4" has none there. */
function looksLikeRow(text: string): boolean {
  return /^\s*(?:tcp|udp)(?:v?4?6?)\s+\S*\d/i.test(text);
}

class NetstatSection implements Section {
  readonly #context: TextContext;
  readonly #snapshot: OpenSnapshot;
  #afterBlank = false;
  #saidNamed = false;

  constructor(context: TextContext, line: number) {
    this.#context = context;
    this.#snapshot = context.facts.openSnapshot('netstat', line, context.takeTime('netstat'));
  }

  take(line: Line): boolean {
    if (looksLikeRow(line.text)) this.#row(line);
    else if (line.text.trim() === '') this.#afterBlank = true;
    else return this.#noRow(line.text);
    return true;
  }

  #row(line: Line): void {
    this.#afterBlank = false;
    const row = parseRow(line.text, line.number);
    if (row === null) this.#snapshot.unreadable(line.number, 'a row of netstat that is cut or damaged');
    else if (row === 'named') this.#named(line.number);
    else this.#snapshot.add(row);
  }

  #named(line: number): void {
    this.#snapshot.doubt('ipv4', 'ipv6');
    if (!this.#saidNamed) this.#context.facts.unreadable(line, WITHOUT_N);
    this.#saidNamed = true;
  }

  /** `-b`: component and executable follow their row, each on a line; columns, rules and times are something else. */
  #noRow(text: string): boolean {
    const process = /^\s*\[([^[\]]{1,260})\]\s*$/.exec(text);
    if (process) {
      this.#snapshot.nameLastProcess(process[1]!);
      return true;
    }
    if (this.#afterBlank || OTHER_CONTENT.test(text)) return false;
    this.#context.remember(text);
    return true;
  }

  close(): void {
    this.#snapshot.close();
  }
}

function parseRow(text: string, line: number): Omit<SocketRow, 'state'> | 'named' | null {
  const words = text.trim().split(/\s+/);
  const protocol = words[0]!.slice(0, 3).toLowerCase() as 'tcp' | 'udp';
  // Linux and macOS write the lengths of the queues first.
  const queues = /^\d+$/.test(words[1] ?? '') && /^\d+$/.test(words[2] ?? '') ? 2 : 0;
  const dotted = queues > 0 && /^...[46]/.test(words[0]!) && !(words[3] ?? '').includes(':');
  const local = endpoint(words[1 + queues], dotted);
  const remote = endpoint(words[2 + queues], dotted);
  if (!local || !remote) return null;
  const owner = words.slice(3 + queues);
  const stateText = owner.length > 0 && !/^(\d+(\/.*)?|-)$/.test(owner[0]!) ? owner[0]! : null;
  if (protocol === 'tcp' && stateText === null) return null;
  if (local.named || (remote.named && remote.port !== 0)) return 'named';
  return withEnds({ line, protocol, stateText, ...ownerOf(owner) }, local, remote);
}

/** The remote of a TCP listener is `*` here and port 0 in other lists; one of UDP has none. */
function withEnds(
  row: Pick<SocketRow, 'line' | 'protocol' | 'stateText' | 'pid' | 'process'>,
  local: Endpoint,
  remote: Endpoint,
): Omit<SocketRow, 'state'> {
  return {
    ...row,
    localAddress: local.address,
    remoteAddress: remote.address,
    localPort: local.port,
    remotePort: remote.port ?? (row.protocol === 'tcp' ? 0 : null),
    created: null,
  };
}

function endpoint(word: string | undefined, dotted: boolean): Endpoint | null {
  const parts = word === undefined ? null : splitEndpoint(word, dotted ? '.' : ':');
  if (!parts) return null;
  const address = canonicalAddress(parts.address);
  const port = portNumber(parts.port);
  const named = (address === null && parts.address !== '*') || (port === null && parts.port !== '*');
  return { address, port, named };
}

/** `4711`, `4711/java` of Linux, `-` where it is not told. */
function ownerOf(words: string[]): { pid: number | null; process: string | null } {
  for (const word of words) {
    const found = /^(\d{1,10})(?:\/([^\s:]{1,260}).*)?$/.exec(word);
    if (found) return { pid: Number(found[1]), process: found[2] ?? null };
  }
  return { pid: null, process: null };
}

/** `ss -tanp` of Linux. */
export function openSs(line: Line, context: TextContext): Section | null {
  return /^\s*(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s/.test(line.text) ? new SsSection(context, line.number + 1) : null;
}

class SsSection implements Section {
  readonly #snapshot: OpenSnapshot;

  constructor(context: TextContext, line: number) {
    this.#snapshot = context.facts.openSnapshot('ss', line, context.takeTime('ss'));
  }

  take(line: Line): boolean {
    if (line.text.trim() === '') return false;
    const row = parseSsRow(line.text, line.number);
    if (row) this.#snapshot.add(row);
    else if (/^[A-Z]/.test(line.text) && /\d/.test(line.text)) {
      this.#snapshot.unreadable(line.number, 'a row of ss that is cut or damaged');
    }
    return row !== null || /^[A-Z]/.test(line.text) || /^\s/.test(line.text);
  }

  close(): void {
    this.#snapshot.close();
  }
}

const SS_ROW = /^\s*(?:(tcp|udp)\s+)?([A-Z][A-Z0-9-]{2,11})\s+\d+\s+\d+\s+(\S{3,80})\s+(\S{3,80})(?:\s+(.*))?$/;

function parseSsRow(text: string, line: number): Omit<SocketRow, 'state'> | null {
  const found = SS_ROW.exec(text);
  const local = endpoint(found?.[3], false);
  const remote = endpoint(found?.[4], false);
  if (!found || !local || !remote || local.named || remote.named) return null;
  const user = /\("([^"]{1,64})",pid=(\d{1,10})/.exec(found[5] ?? '');
  const protocol = found[1] === 'udp' || found[2] === 'UNCONN' ? 'udp' : 'tcp';
  const owner = { pid: user ? Number(user[2]) : null, process: user?.[1] ?? null };
  const stateText = protocol === 'udp' ? null : found[2]!;
  return withEnds({ line, protocol, stateText, ...owner }, local, remote);
}
