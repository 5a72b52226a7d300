import type { SocketRow, SocketRows, SocketState } from '../contract/evidence.ts';
import { socketState } from './socket-states.ts';

const NONE = 0xffff_ffff;
const NO_PORT = 0x1_0000;
const FIRST_CAPACITY = 16;

/** Texts that rows share, each once: addresses, state words and process names are few, rows may be millions. */
export class SharedTexts {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  idOf(text: string | null): number {
    if (text === null) return NONE;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  text(id: number): string | null {
    return id === NONE ? null : this.#texts[id]!;
  }
}

/** The rows of one snapshot as columns; a row object lives from one step of the iteration to the next. */
export class SocketColumns implements SocketRows {
  readonly #texts: SharedTexts;
  #length = 0;
  #lines = new Uint32Array(FIRST_CAPACITY);
  #udp = new Uint8Array(FIRST_CAPACITY);
  /** Local address, remote address, state word and process name: ids of texts. */
  #words = new Uint32Array(4 * FIRST_CAPACITY);
  /** Local port, remote port, pid. */
  #numbers = new Uint32Array(3 * FIRST_CAPACITY);
  #created: BigInt64Array | null = null;
  readonly #states = new Map<number, SocketState | null>();

  constructor(texts: SharedTexts) {
    this.#texts = texts;
  }

  get length(): number {
    return this.#length;
  }

  add(row: Omit<SocketRow, 'state'>): void {
    const at = this.#length++;
    if (at === this.#lines.length) this.#grow();
    this.#lines[at] = row.line;
    this.#udp[at] = row.protocol === 'udp' ? 1 : 0;
    this.#words[4 * at] = this.#texts.idOf(row.localAddress);
    this.#words[4 * at + 1] = this.#texts.idOf(row.remoteAddress);
    this.#words[4 * at + 2] = this.#stateId(row.stateText);
    this.#words[4 * at + 3] = this.#texts.idOf(row.process);
    this.#numbers[3 * at] = row.localPort ?? NO_PORT;
    this.#numbers[3 * at + 1] = row.remotePort ?? NO_PORT;
    this.#numbers[3 * at + 2] = row.pid ?? NONE;
    if (row.created !== null) this.#setCreated(at, row.created);
  }

  #stateId(word: string | null): number {
    const id = this.#texts.idOf(word);
    if (word !== null && !this.#states.has(id)) this.#states.set(id, socketState(word));
    return id;
  }

  #setCreated(at: number, created: bigint): void {
    this.#created ??= new BigInt64Array(this.#lines.length);
    this.#created[at] = created;
  }

  /** `netstat -b` names the process in a line after the row. */
  nameLastProcess(name: string): void {
    if (this.#length > 0) this.#words[4 * this.#length - 1] = this.#texts.idOf(name);
  }

  /** The state of all rows with this word, for a language that is not known here. */
  restate(word: string, state: SocketState): void {
    this.#states.set(this.#texts.idOf(word), state);
  }

  *[Symbol.iterator](): Iterator<SocketRow> {
    for (let at = 0; at < this.#length; at++) yield this.row(at);
  }

  row(at: number): SocketRow {
    const stateId = this.#words[4 * at + 2]!;
    const created = this.#created?.[at] ?? 0n;
    return {
      line: this.#lines[at]!,
      protocol: this.#udp[at] === 1 ? 'udp' : 'tcp',
      localAddress: this.#texts.text(this.#words[4 * at]!),
      localPort: orNull(this.#numbers[3 * at]!, NO_PORT),
      remoteAddress: this.#texts.text(this.#words[4 * at + 1]!),
      remotePort: orNull(this.#numbers[3 * at + 1]!, NO_PORT),
      state: this.#states.get(stateId) ?? null,
      stateText: this.#texts.text(stateId),
      pid: orNull(this.#numbers[3 * at + 2]!, NONE),
      process: this.#texts.text(this.#words[4 * at + 3]!),
      created: created === 0n ? null : created,
    };
  }

  #grow(): void {
    this.#lines = grown(this.#lines, Uint32Array);
    this.#udp = grown(this.#udp, Uint8Array);
    this.#words = grown(this.#words, Uint32Array);
    this.#numbers = grown(this.#numbers, Uint32Array);
    if (this.#created) this.#created = grown(this.#created, BigInt64Array);
  }
}

function orNull(value: number, none: number): number | null {
  return value === none ? null : value;
}

function grown<T extends Uint32Array | Uint8Array | BigInt64Array>(from: T, Kind: new (length: number) => T): T {
  const to = new Kind(from.length * 2);
  to.set(from as never);
  return to;
}
