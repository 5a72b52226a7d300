import type { SocketRow, SocketSnapshot } from '../contract/evidence.ts';
import type { KnownTime } from './clock.ts';
import type { FactCollector } from './fact-collector.ts';
import { type SharedTexts, SocketColumns } from './socket-rows.ts';

type Family = 'ipv4' | 'ipv6';

/** Services of every Windows that listen from its start: their state word is the language's word for LISTENING. */
const ALWAYS_LISTENING = [135, 445];

/** A snapshot whose rows are still coming. */
export class OpenSnapshot {
  readonly #facts: FactCollector;
  readonly #rows: SocketColumns;
  readonly #tool: SocketSnapshot['tool'];
  readonly #line: number;
  readonly #time: KnownTime | null;
  readonly #families = new Set<Family>();
  readonly #doubtful = new Set<Family>();

  constructor(
    facts: FactCollector,
    texts: SharedTexts,
    tool: SocketSnapshot['tool'],
    line: number,
    time: KnownTime | null,
  ) {
    this.#facts = facts;
    this.#rows = new SocketColumns(texts);
    this.#tool = tool;
    this.#line = line;
    this.#time = time;
  }

  add(row: Omit<SocketRow, 'state'>): void {
    if (!this.#facts.countRow(row.line)) {
      this.doubt('ipv4', 'ipv6');
      return;
    }
    if (row.protocol === 'tcp') for (const family of familiesOf(row.localAddress)) this.#families.add(family);
    this.#rows.add(row);
  }

  nameLastProcess(name: string): void {
    this.#rows.nameLastProcess(name);
  }

  /** A row was not read, or not wholly: that none is there means nothing any more. */
  doubt(...families: Family[]): void {
    for (const family of families) this.#doubtful.add(family);
  }

  unreadable(line: number, reason: string): void {
    this.#facts.unreadable(line, reason);
    this.doubt('ipv4', 'ipv6');
  }

  close(): void {
    const listening = this.#listeningFamilies();
    const known = this.#time ?? this.#timeOfOtherFamily();
    this.#facts.closeSnapshot({
      tool: this.#tool,
      file: this.#facts.file,
      line: this.#line,
      time: known?.time ?? null,
      zone: known?.zone ?? null,
      complete: { ipv4: this.#isComplete('ipv4', listening), ipv6: this.#isComplete('ipv6', listening) },
      rows: this.#rows,
    });
  }

  #isComplete(family: Family, listening: Set<Family>): boolean {
    return listening.has(family) && !this.#doubtful.has(family);
  }

  #listeningFamilies(): Set<Family> {
    const families = new Set<Family>();
    for (const { localPort, remotePort, state, stateText } of this.#rows) {
      if (state !== null || stateText === null || remotePort !== 0) continue;
      if (ALWAYS_LISTENING.includes(localPort ?? -1)) this.#rows.restate(stateText, 'LISTENING');
    }
    for (const { localAddress, state } of this.#rows) {
      if (state === 'LISTENING') for (const family of familiesOf(localAddress)) families.add(family);
    }
    return families;
  }

  /** `netstat -p tcp` and `netstat -p tcpv6` under one line of time are one moment. */
  #timeOfOtherFamily(): KnownTime | null {
    const before = this.#facts.lastSnapshot(this.#tool);
    if (!before || before.time === null || before.zone === null) return null;
    for (const row of before.rows) {
      if (row.protocol === 'tcp' && familiesOf(row.localAddress).some((family) => this.#families.has(family)))
        return null;
    }
    return { time: before.time, zone: before.zone };
  }
}

/** `*` stands for both; what the console cut short is IPv6, as IPv4 addresses are never too long. */
function familiesOf(address: string | null): Family[] {
  if (address === null) return ['ipv4', 'ipv6'];
  return [address.includes(':') ? 'ipv6' : 'ipv4'];
}
