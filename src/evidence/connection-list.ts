import { readConnection } from './connection-record.ts';
import { eventOfProperties } from './event-record.ts';
import { KeyValues, splitKeyValue } from './key-values.ts';
import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** One of these names begins a list; the others may stand in lists of anything. */
const OPENING = new Set([
  'LocalAddress',
  'LocalPort',
  'RemoteAddress',
  'OwningProcess',
  'AppliedSetting',
  'CreationTime',
  'State',
  'TimeCreated',
  'TimeGenerated',
  'ProviderName',
  'InstanceId',
  'EventID',
  'Id',
  'Index',
  'Message',
]);

/** `| Format-List` of Get-NetTCPConnection, Get-WinEvent and Get-EventLog: a record a paragraph. */
export function openConnectionList(line: Line, context: TextContext): Section | null {
  const first = splitKeyValue(line.text);
  if (!first || !OPENING.has(first.name)) return null;
  const section = new PropertyList(context);
  section.take(line);
  return section;
}

class PropertyList implements Section {
  readonly #context: TextContext;
  #record: KeyValues | null = null;
  #snapshot: OpenSnapshot | null = null;
  #blank = false;

  constructor(context: TextContext) {
    this.#context = context;
  }

  take(line: Line): boolean {
    if (line.text.trim() === '') {
      this.#finishRecord();
      this.#blank = true;
      return true;
    }
    const pair = splitKeyValue(line.text);
    if (pair) this.#pair(pair.name, pair.value, line.number);
    else if (this.#blank || !/^\s/.test(line.text)) return false;
    else this.#record?.continueLast(line.text);
    this.#blank = false;
    return true;
  }

  #pair(name: string, value: string, line: number): void {
    this.#record ??= new KeyValues(line);
    if (this.#record.add(name, value)) return;
    this.#finishRecord();
    this.#record = new KeyValues(line);
    this.#record.add(name, value);
  }

  #finishRecord(): void {
    const record = this.#record;
    this.#record = null;
    if (!record) return;
    if (record.get('LocalPort') !== null || record.get('LocalAddress') !== null) this.#connection(record);
    else eventOfProperties((name) => record.get(name), record.line, this.#context);
  }

  #connection(record: KeyValues): void {
    const { facts, clock } = this.#context;
    this.#snapshot ??= facts.openSnapshot(
      'Get-NetTCPConnection',
      record.line,
      this.#context.takeTime('Get-NetTCPConnection'),
    );
    const read = readConnection((name) => record.get(name), clock, record.line);
    if (read) this.#snapshot.add(read.row);
    else this.#snapshot.unreadable(record.line, 'a record without its ports');
  }

  close(): void {
    this.#finishRecord();
    this.#snapshot?.close();
  }
}
