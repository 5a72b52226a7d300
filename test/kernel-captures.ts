/** The captures under test/captures with what really happened: see the README there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';

const FOLDER = join(import.meta.dirname, '..', '..', 'test', 'captures');

/** How one attempt of the client program went, by the programs' own logs. Times are Unix seconds. */
export interface TrueAttempt {
  id: number;
  c: string;
  raddr: string;
  rport: number;
  laddr?: string;
  lport?: number;
  t0: number;
  t1?: number;
  ok: boolean;
  errno?: string;
  /** client_first, server_first, client_rst, silent, never, pending; absent where there was no connection. */
  closed?: string;
  t_close?: number;
  /** False: refused by the client's own kernel, no packet. */
  syn_expected: boolean;
}

export interface TrueReuse {
  c: string;
  lport: number;
  remote: string;
  prev_id: number;
  new_id: number;
  prev_closed: string;
  new_start: number;
  gap_s: number;
  new_connect_ms?: number;
}

export interface TrueClient {
  name: string;
  ip: string;
  port_range_in_force: [number, number];
}

export interface Truth {
  name: string;
  label: string;
  must_not_say?: string[];
  also_acceptable?: string[];
  guilty_client: { name: string; ip: string } | null;
  faulty_remote: string | null;
  linux_time_wait_s: number;
  capture_start: number;
  capture_end: number;
  clients: TrueClient[];
  totals: Record<string, number>;
  verification: { packets: number; tcp_syn_retransmissions?: number };
  attempts: TrueAttempt[];
  reuse_events: TrueReuse[];
  sessions_never_closed: { id: number; kind: string }[];
}

/** The truth file of one container: its own, or a pointer to that of the run it holds. */
interface Container {
  name: string;
  label: string;
  capture: string;
  truth?: string | string[];
  format?: string;
  verification: { packets: number };
}

export interface KernelCapture {
  /** File name without the folder. */
  file: string;
  path: string;
  /** As `file` without extensions. */
  name: string;
  label: string;
  /** Packets that the container holds, by tshark. */
  packets: number;
  /** The runs it holds: one, two for a merged capture. */
  runs: Truth[];
  /** The container lacks some packets of the run. */
  cut: boolean;
  /** Every packet is in it twice. */
  duplicated: boolean;
  /** The file's octets, decompressed. */
  bytes(): Uint8Array;
}

export function kernelCaptures(): KernelCapture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.truth.json'))
    .sort()
    .map(readCapture);
}

function readCapture(truthFile: string): KernelCapture {
  const container = readTruth<Container>(truthFile);
  const pointers = container.truth === undefined ? [truthFile] : [container.truth].flat();
  return {
    file: container.capture,
    path: join(FOLDER, container.capture),
    name: container.name,
    label: container.label,
    packets: container.verification.packets,
    runs: pointers.map((pointer) => readTruth<Truth>(pointer)),
    cut: container.name.endsWith('__cut'),
    duplicated: container.name.endsWith('_dup'),
    bytes: () => decompressed(readFileSync(join(FOLDER, container.capture))),
  };
}

function readTruth<T>(file: string): T {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as T;
}

function decompressed(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  if (bytes[0] === 0x28 && bytes[1] === 0xb5) return decompress(bytes);
  return bytes;
}
