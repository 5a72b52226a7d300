import { readConnection } from './connection-record.ts';
import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** The property that is empty for listeners and bound ports, so that its row has a word less. */
const MAY_BE_EMPTY = 'AppliedSetting';

/** The default table of `Get-NetTCPConnection`, or one of chosen columns. */
export function openConnectionTable(line: Line, context: TextContext): Section | null {
  const names = line.text.trim().split(/\s+/);
  if (!names.includes('LocalPort') || !names.includes('LocalAddress') || names.includes(':')) return null;
  return new ConnectionTable(line, context);
}

class ConnectionTable implements Section {
  readonly #context: TextContext;
  readonly #header: string[];
  #columns: string[] | null = null;
  #snapshot: OpenSnapshot | null = null;
  #cut = false;

  constructor(line: Line, context: TextContext) {
    this.#context = context;
    this.#header = [line.text];
  }

  take(line: Line): boolean {
    if (this.#columns === null) return this.#takeHeader(line);
    if (line.text.trim() === '') return true;
    return this.#row(line, this.#columns);
  }

  /** A narrow console breaks names into lines above the rule: "OwningPr" and "ocess". */
  #takeHeader(line: Line): boolean {
    if (!/^\s*-+(\s+-+)+\s*$/.test(line.text)) return this.#header.push(line.text) <= 3;
    this.#columns = Array.from(line.text.matchAll(/-+/g), (rule, index) => {
      const next = line.text.slice(rule.index + rule[0].length).search(/-/);
      const end = next < 0 ? undefined : rule.index + rule[0].length + next;
      return this.#header.map((part) => part.slice(index === 0 ? 0 : rule.index, end).trim()).join('');
    });
    this.#snapshot = this.#context.facts.openSnapshot('Get-NetTCPConnection', line.number + 1, this.#time());
    return true;
  }

  #time() {
    return this.#context.takeTime('Get-NetTCPConnection');
  }

  #row(line: Line, columns: string[]): boolean {
    const words = line.text.trim().split(/\s+/);
    const present = words.length === columns.length - 1 ? columns.filter((name) => name !== MAY_BE_EMPTY) : columns;
    const read =
      words.length === present.length
        ? readConnection((name) => words[present.indexOf(name)] ?? null, this.#context.clock, line.number)
        : null;
    if (read) this.#snapshot?.add(read.row);
    if (read?.cut) this.#cutShort(line.number);
    if (!read && looksLikeRow(words))
      this.#snapshot?.unreadable(line.number, 'a row of the table that is cut or damaged');
    return read !== null || looksLikeRow(words);
  }

  #cutShort(line: number): void {
    this.#snapshot?.doubt('ipv6');
    if (!this.#cut)
      this.#context.facts.unreadable(line, 'an address that the console cut short: Export-Csv keeps it whole');
    this.#cut = true;
  }

  close(): void {
    this.#snapshot?.close();
  }
}

/** An address and a port, or what a cut line left of them. */
function looksLikeRow(words: string[]): boolean {
  return (
    /^[0-9a-f:.%…]{2,60}$/i.test(words[0] ?? '') &&
    /[:.…]/.test(words[0]!) &&
    (words.length === 1 || /^\d/.test(words[1]!))
  );
}
