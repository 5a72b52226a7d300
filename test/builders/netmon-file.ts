import { join, type Octets, u16, u32, u64 } from './octets.ts';

export interface NetmonFrame {
  readonly frame: Uint8Array;
  /** Microseconds since the start of the capture; milliseconds in version 1. */
  readonly delta?: bigint;
  readonly network?: number;
  /** Hundreds of nanoseconds since 1601, for version 2.3. */
  readonly fileTime?: bigint;
  readonly wireLength?: number;
}

export interface NetmonProcess {
  readonly pid: number;
  readonly path: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly localAddress: Uint8Array;
  readonly remoteAddress: Uint8Array;
}

export interface NetmonForm {
  readonly major?: number;
  readonly minor?: number;
  /** Of the whole file, which counts before version 2.1. */
  readonly network?: number;
  readonly processes?: readonly NetmonProcess[];
  /** Octets between the header and the first frame, and between frames. */
  readonly hole?: number;
}

/** 2024-02-03, a Saturday, 04:05:06.007. */
const START = [2024, 2, 6, 3, 4, 5, 6, 7];
export const START_UNIX_MILLISECONDS = Date.UTC(2024, 1, 3, 4, 5, 6, 7);

const little = true;

/** A Network Monitor file: header, frames, frame table, process table. */
export function netmon(form: NetmonForm, frames: readonly NetmonFrame[]): Octets {
  const hole = new Uint8Array(form.hole ?? 0);
  const offsets: number[] = [];
  let body = join(hole);
  for (const frame of frames) {
    offsets.push(128 + body.length);
    body = join(body, netmonFrame(form, frame), hole);
  }
  const table = join(...offsets.map((offset) => u32(offset, little)));
  const processes = join(u16(1, little), ...(form.processes ?? []).map(processEntry));
  const tableAt = 128 + body.length;
  return join(netmonHeader(form, tableAt, table.length), body, table, processes);
}

function netmonHeader(form: NetmonForm, tableAt: number, tableLength: number): Octets {
  const major = form.major ?? 2;
  const count = form.processes?.length ?? 0;
  const fields = join(
    new TextEncoder().encode(major === 1 ? 'RTSS' : 'GMBU'),
    [form.minor ?? 0, major],
    u16(form.network ?? 1, little),
    ...START.map((field) => u16(field, little)),
    u32(tableAt, little),
    u32(tableLength, little),
    new Uint8Array(16),
    u32(count === 0 ? 0 : tableAt + tableLength, little),
    u32(count, little),
  );
  return join(fields, new Uint8Array(128 - fields.length));
}

function netmonFrame(
  form: NetmonForm,
  { frame, delta = 0n, network = 1, fileTime = 0n, wireLength }: NetmonFrame,
): Octets {
  const length = wireLength ?? frame.length;
  if (form.major === 1) return join(u32(Number(delta), little), u16(length, little), u16(frame.length, little), frame);
  const minor = form.minor ?? 0;
  return join(
    u64(delta, little),
    u32(length, little),
    u32(frame.length, little),
    frame,
    minor >= 1 ? u16(network, little) : [],
    minor >= 2 ? u32(0, little) : [],
    minor >= 3 ? join(u64(fileTime, little), [0]) : [],
  );
}

function processEntry(process: NetmonProcess): Octets {
  const path = join(...[...process.path, '\0'].map((letter) => u16(letter.charCodeAt(0), little)));
  const address = (octets: Uint8Array) => join(octets, new Uint8Array(16 - octets.length));
  const icon = Uint8Array.of(1, 2, 3);
  return join(
    u32(path.length, little),
    path,
    u32(icon.length, little),
    icon,
    u32(process.pid, little),
    u16(process.localPort, little),
    u16(0),
    u16(process.remotePort, little),
    u16(0),
    u32(process.localAddress.length === 16 ? 1 : 0, little),
    address(process.localAddress),
    address(process.remoteAddress),
  );
}
