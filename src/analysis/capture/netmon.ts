import { MAX_UNIX_SECONDS } from '../segment/timeline.ts';
import { isNoFrame, networkType } from './netmon-networks.ts';
import { readProcessTable } from './netmon-processes.ts';
import { CaptureInterface, MAX_CAPTURED, RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';

/** Microsoft Network Monitor, little endian: "RTSS" begins version 1, "GMBU" version 2. */
export const NETMON_MAGICS = [0x52545353, 0x474d4255] as const;
const HEADER = 128;
const MINOR_VERSION_AT = 4;
const MAJOR_VERSION_AT = 5;
const NETWORK_AT = 6;
/** Year, month, day of the week, day, hour, minute, second, millisecond: a SYSTEMTIME of the capturing host. */
const START_AT = 8;
const FRAME_TABLE_AT = 24;
const FRAME_TABLE_LENGTH_AT = 28;
const PROCESSES_AT = 48;
const PROCESS_COUNT_AT = 52;

/** The frame table stands behind the frames and alone tells where they are, so the file is held until its end. */
const MAX_FILE = 512 * 2 ** 20;

/** Version 2: microseconds since the start, length on the wire, captured length. Version 1: milliseconds, 16 bits each. */
const V2_RECORD = 16;
const V1_RECORD = 8;
/** Behind a frame: its network since 2.1, its process since 2.2, its UTC time and time zone since 2.3. */
const TRAILERS = [0, 2, 6, 15] as const;
const TRAILER_TIME = 6;

/** Hundreds of nanoseconds. */
const PER_SECOND = 10_000_000n;
const PER_MILLISECOND = 10_000n;
const PER_MICROSECOND = 10n;
/** From 1601, where a FILETIME counts from, to 1970. */
const UNIX_EPOCH = 116_444_736_000_000_000n;

export class NetmonSource extends RecordSource {
  readonly format = 'netmon';
  readonly #tally: RecordTally;
  readonly #networks = new Map<number, CaptureInterface>();
  #major = 2;
  #minor = 0;
  #network = 0;
  #start = 0n;

  constructor(tally: RecordTally) {
    super();
    this.#tally = tally;
    this.needed = MAX_FILE + 1;
  }

  read(_view: DataView, offset: number, end: number): number {
    if (end - offset <= MAX_FILE) return offset;
    const message = `the file is longer than ${MAX_FILE} octets, which is the most that is read of Network Monitor: convert it first, editcap -F pcapng IN OUT`;
    this.fail('capture-format-unsupported', 0, message);
    return offset;
  }

  override end(view: DataView, offset: number, end: number): void {
    if (end - offset < HEADER) super.end(view, offset, end);
    if (this.stopped) return;
    const file = new DataView(view.buffer, view.byteOffset + offset, end - offset);
    if (!this.#header(file)) return;
    const table = file.getUint32(FRAME_TABLE_AT, true);
    const tableEnd = table + file.getUint32(FRAME_TABLE_LENGTH_AT, true);
    if (tableEnd > file.byteLength) this.#framesWithoutTable(file, table, tableEnd);
    else if (this.#frames(file, table, tableEnd) && this.#major === 2 && this.#minor >= 2) this.#processes(file);
  }

  #header(file: DataView): boolean {
    this.#major = file.getUint8(MAJOR_VERSION_AT);
    this.#minor = file.getUint8(MINOR_VERSION_AT);
    this.#network = file.getUint16(NETWORK_AT, true);
    this.#start = startTime(file);
    this.localTimes = this.#major === 1 || this.#minor < 3;
    if (this.#major === 1 || this.#major === 2) return true;
    const message = `the file is of Network Monitor version ${this.#major}; versions 1 and 2 are read here`;
    return this.fail('capture-format-unsupported', MAJOR_VERSION_AT, message);
  }

  #frames(file: DataView, table: number, tableEnd: number): boolean {
    for (let at = table; at + 4 <= tableEnd; at += 4) {
      if (this.#frame(file, file.getUint32(at, true)) < 0) return false;
    }
    return true;
  }

  /** A file that was cut has lost its table: its frames mostly follow one another. */
  #framesWithoutTable(file: DataView, table: number, tableEnd: number): void {
    for (let at = HEADER; at >= 0 && at < file.byteLength; ) at = this.#frame(file, at);
    const message = `the frame table at ${table} should end at ${tableEnd}; the file ends at ${file.byteLength}`;
    this.fail('record-cut', table, message);
  }

  /** Reads the frame at `at`; answers where the one behind it would be, or -1 where the file cannot be read on. */
  #frame(file: DataView, at: number): number {
    const header = this.#major === 1 ? V1_RECORD : V2_RECORD;
    const captured = at + header > file.byteLength ? 0 : this.#capturedLength(file, at);
    const start = at + header;
    const trailer = start + captured;
    const next = trailer + (this.#major === 1 ? 0 : (TRAILERS[this.#minor] ?? TRAILERS[3]));
    if (captured > MAX_CAPTURED || next > file.byteLength) return this.#badFrame(file, at, captured);
    const network = this.#minor === 0 || this.#major === 1 ? this.#network : file.getUint16(trailer, true);
    if (isNoFrame(network)) return next;
    this.#tally.segment.wireLength = this.#major === 1 ? file.getUint16(at + 4, true) : file.getUint32(at + 8, true);
    this.#setTime(at, this.#timeOf(file, at, trailer));
    this.#tally.record(file, start, trailer, this.#interfaceOf(network));
    return next;
  }

  #capturedLength(file: DataView, at: number): number {
    return this.#major === 1 ? file.getUint16(at + 6, true) : file.getUint32(at + 12, true);
  }

  #badFrame(file: DataView, at: number, captured: number): number {
    const message = `the frame at ${at} says that it holds ${captured} octets; a frame holds at most ${MAX_CAPTURED}, and the file ends at ${file.byteLength}`;
    this.fail('record-length-invalid', at, message);
    return -1;
  }

  /** In hundreds of nanoseconds since 1970. */
  #timeOf(file: DataView, at: number, trailer: number): bigint {
    if (this.#major === 1) return this.#start + BigInt(file.getUint32(at, true)) * PER_MILLISECOND;
    if (this.#minor >= 3) return file.getBigUint64(trailer + TRAILER_TIME, true) - UNIX_EPOCH;
    // Frames from before the start have a delta that is negative once it is multiplied.
    return this.#start + BigInt.asIntN(64, file.getBigUint64(at, true) * PER_MICROSECOND);
  }

  #setTime(at: number, time: bigint): void {
    const seconds = Number(time / PER_SECOND);
    if (time >= 0n && seconds < MAX_UNIX_SECONDS) {
      this.#tally.setTime(seconds, Number(time % PER_SECOND) * 100);
      return;
    }
    this.#tally.setNoTime();
    this.note(
      'timestamp-out-of-range',
      at,
      `the frame at ${at} has the Unix time ${seconds} s; times from 0 to ${MAX_UNIX_SECONDS} s can be told`,
    );
  }

  #interfaceOf(network: number): CaptureInterface {
    const known = this.#networks.get(network);
    if (known !== undefined) return known;
    const origin = new CaptureInterface(networkType(network), 0);
    this.#networks.set(network, origin);
    this.interfaces.push(origin);
    return origin;
  }

  #processes(file: DataView): void {
    const at = file.getUint32(PROCESSES_AT, true);
    const count = file.getUint32(PROCESS_COUNT_AT, true);
    if (at > 0 && count > 0) this.processes = readProcessTable(file, at, count);
  }
}

function startTime(file: DataView): bigint {
  const field = (index: number) => file.getUint16(START_AT + index * 2, true);
  const milliseconds = Date.UTC(field(0), field(1) - 1, field(3), field(4), field(5), field(6), field(7));
  return BigInt(milliseconds) * PER_MILLISECOND;
}
