import type { NamedProcesses, NamingSource } from './named-processes.ts';

/** The end of a path tells the program; what stands before is cut. */
const MAX_NAME = 256;
const NO_NAME = new Uint8Array(0);
/** No process: 0, and -1 of a signed number (xnu). Windows calls its idle process 0 as well. */
const NO_PROCESS = 0;
const MAX_PID = 2 ** 31 - 1;
/** The System process of Windows: what an interrupt found running, never who opened a connection. */
const WINDOWS_SYSTEM = 4;

/** Names the processes of one capture, packet by packet: no text is made for one that was named before. */
export class CaptureProcesses {
  readonly #processes: NamedProcesses;
  readonly #capture: number;
  /** Ids by process id: as context, and of who had it last. */
  readonly #contexts = new Map<number, number>();
  readonly #latest = new Map<number, number>();

  constructor(processes: NamedProcesses, capture: number) {
    this.#processes = processes;
    this.#capture = capture;
  }

  /** The process that ran when the packet was logged, by etl2pcapng; 0 where it tells nothing. */
  context(pid: number): number {
    if (pid === NO_PROCESS || pid === WINDOWS_SYSTEM || pid > MAX_PID) return 0;
    const known = this.#contexts.get(pid);
    if (known !== undefined) return known;
    const id = this.#processes.id(this.#capture, 'etl2pcapng', pid, NO_NAME);
    if (id > 0) this.#contexts.set(pid, id);
    return id;
  }

  /** The process whose packet it is, with its name in the octets [from, to) of `view` as UTF-8; 0 for none. */
  owner(source: NamingSource, pid: number, view: DataView, from: number, to: number): number {
    if (pid === NO_PROCESS || pid > MAX_PID) return 0;
    const start = Math.max(from, to - MAX_NAME);
    const latest = this.#latest.get(pid);
    if (latest !== undefined && this.#processes.isNamed(latest, view, start, to)) return latest;
    const name = new Uint8Array(view.buffer, view.byteOffset + start, to - start);
    const id = this.#processes.id(this.#capture, source, pid, name);
    if (id > 0) this.#latest.set(pid, id);
    return id;
  }
}
