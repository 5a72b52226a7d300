import type { KnownTime } from './clock.ts';
import { readConnection } from './connection-record.ts';
import { type Delimiter, delimiterOf, RecordJoiner, splitRecord } from './csv.ts';
import { eventOfFields, eventOfProperties, isEventRecord } from './event-record.ts';
import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** Export-Csv of Get-NetTCPConnection, Get-WinEvent or Get-EventLog, told by its header; Event Viewer's, by its rows. */
export function openCsv(line: Line, context: TextContext): Section | null {
  const text = line.text.replace(/^\uFEFF/, '');
  if (text.startsWith('#TYPE ')) return new TypeLine(context);
  if (!/[,;\t]/.test(text)) return null;
  const delimiter = delimiterOf(text);
  const header = splitRecord(text, delimiter).map((name) => name.trim());
  if (header.includes('LocalPort')) return new ConnectionRecords(context, header, delimiter);
  if (header.includes('ProviderName') || header.includes('EventID'))
    return new EventRecords(context, delimiter, header);
  if (!isEventRecord(text, header, context.clock)) return null;
  const section = new EventRecords(context, delimiter, null);
  section.take(line);
  return section;
}

/** PowerShell 5 writes a line with the type before the header. */
class TypeLine implements Section {
  readonly #context: TextContext;
  #section: Section | null = null;
  #seenHeader = false;

  constructor(context: TextContext) {
    this.#context = context;
  }

  take(line: Line): boolean {
    if (this.#section) return this.#section.take(line);
    if (this.#seenHeader) return false;
    this.#seenHeader = true;
    this.#section = openCsv(line, this.#context);
    return this.#section !== null;
  }

  close(): void {
    this.#section?.close();
  }
}

abstract class Records implements Section {
  protected readonly context: TextContext;
  protected readonly delimiter: Delimiter;
  readonly #joiner = new RecordJoiner();

  constructor(context: TextContext, delimiter: Delimiter) {
    this.context = context;
    this.delimiter = delimiter;
  }

  take(line: Line): boolean {
    if (this.#joiner.openSince === null) {
      if (line.text.trim() === '') return true;
      if (!this.#mayBegin(line.text)) return false;
    }
    const record = this.#joiner.add(line.text, line.number);
    if (record) this.record(record.text, splitRecord(record.text, this.delimiter), record.line);
    return true;
  }

  /** A quoted field may run on over several lines, the delimiter after it. */
  #mayBegin(text: string): boolean {
    return !text.startsWith('#TYPE ') && (text.includes(this.delimiter) || text.startsWith('"'));
  }

  protected abstract record(text: string, fields: string[], line: number): void;

  close(): void {
    const open = this.#joiner.openSince;
    if (open !== null) this.context.facts.unreadable(open, 'a record whose quotes are never closed');
  }
}

class ConnectionRecords extends Records {
  readonly #header: string[];
  #snapshot: OpenSnapshot | null = null;
  /** Column that holds the time of the snapshot, -1 for none; null until a row told. */
  #timeColumn: number | null = null;
  #timeText = '';

  constructor(context: TextContext, header: string[], delimiter: Delimiter) {
    super(context, delimiter);
    this.#header = header;
  }

  protected record(_text: string, fields: string[], line: number): void {
    if (fields[0]?.trim() === this.#header[0] && fields.includes('LocalPort')) this.#nextSnapshot();
    else this.#row(fields, line);
  }

  /** A loop that appends writes its header again. */
  #nextSnapshot(): void {
    this.#snapshot?.close();
    this.#snapshot = null;
  }

  #row(fields: string[], line: number): void {
    const snapshot = this.#snapshotOf(fields, line);
    const whole = fields.length === this.#header.length;
    const field = (name: string) => fields[this.#header.indexOf(name)] ?? null;
    const read = whole ? readConnection(field, this.context.clock, line) : null;
    if (read) snapshot.add(read.row);
    else
      snapshot.unreadable(
        line,
        `a record of ${fields.length} fields under a header of ${this.#header.length}, or without ports`,
      );
    if (read?.cut) snapshot.doubt('ipv4', 'ipv6');
  }

  /** `Select-Object @{n='Time';e={Get-Date}}, *`: a column beyond those of the cmdlet that holds a time. */
  #snapshotOf(fields: string[], line: number): OpenSnapshot {
    this.#timeColumn ??= this.#header.findIndex(
      (name, at) => !/^(CreationTime|InstallDate)$/.test(name) && this.#time(fields[at]),
    );
    const timeText = fields[this.#timeColumn] ?? '';
    if (this.#snapshot && timeText === this.#timeText) return this.#snapshot;
    this.#nextSnapshot();
    this.#timeText = timeText;
    const time = this.#time(timeText) ?? this.context.takeTime('Get-NetTCPConnection');
    this.#snapshot = this.context.facts.openSnapshot('Get-NetTCPConnection', line, time);
    return this.#snapshot;
  }

  #time(text: string | undefined): KnownTime | null {
    return this.context.clock.parse(text ?? '');
  }

  override close(): void {
    super.close();
    this.#snapshot?.close();
  }
}

class EventRecords extends Records {
  readonly #header: string[] | null;

  constructor(context: TextContext, delimiter: Delimiter, header: string[] | null) {
    super(context, delimiter);
    this.#header = header;
  }

  protected record(text: string, fields: string[], line: number): void {
    const header = this.#header;
    if (header === null) eventOfFields(text, fields, line, this.context);
    else eventOfProperties((name) => fields[header.indexOf(name)] ?? null, line, this.context);
  }
}
