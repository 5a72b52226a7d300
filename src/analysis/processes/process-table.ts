import type { ProcessReport } from '../../contract/report.ts';
import type { Addresses } from '../segment/addresses.ts';

/** What a person can look through; the processes with the most attempts stay. */
const REPORTED = 1000;
const REPORTED_CLIENTS = 100;
/** Programs that one process id stood for, one after the other; further ones go by the first one's name. */
const MAX_NAMESAKES = 64;

type Source = ProcessReport['source'];
type Confidence = ProcessReport['confidence'];

export interface Process {
  /** Place in the table. */
  readonly index: number;
  /** Whatever tells hosts apart. */
  readonly host: string;
  readonly pid: number;
  name: string | null;
  source: Source;
  confidence: Confidence;
  attempts: number;
  openSessions: number;
  /** Ids of `Addresses`. */
  clients: readonly number[];
}

const NONE: readonly Process[] = [];
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** The processes by host, id and name: two hosts, or two times, may have the same id for different processes. */
export class ProcessTable {
  readonly #processes: Process[] = [];
  readonly #byPid = new Map<number, Process[]>();

  /** The surest source of a process is the one that is told. */
  process(host: string, pid: number, name: string | null, source: Source, confidence: Confidence): Process {
    const namesakes = this.#byPid.get(pid) ?? NONE;
    const ofHost = namesakes.length === 0 ? NONE : namesakes.filter((process) => process.host === host);
    const known = ofHost.find((process) => mayBe(process, name, source));
    const crowded = ofHost.length === MAX_NAMESAKES ? ofHost[0] : undefined;
    const process = known ?? crowded ?? this.#add(host, pid, name, source, confidence);
    process.name ??= name;
    if (CONFIDENCES.indexOf(confidence) > CONFIDENCES.indexOf(process.confidence)) {
      process.confidence = confidence;
      process.source = source;
    }
    return process;
  }

  #add(host: string, pid: number, name: string | null, source: Source, confidence: Confidence): Process {
    const index = this.#processes.length;
    const process = { index, host, pid, name, source, confidence, attempts: 0, openSessions: 0, clients: [] };
    this.#processes.push(process);
    const namesakes = this.#byPid.get(pid);
    if (namesakes === undefined) this.#byPid.set(pid, [process]);
    else namesakes.push(process);
    return process;
  }

  at(index: number): Process {
    return this.#processes[index]!;
  }

  report(addresses: Addresses): ProcessReport[] {
    return [...this.#processes]
      .sort((a, b) => b.attempts - a.attempts || b.openSessions - a.openSessions || a.pid - b.pid)
      .slice(0, REPORTED)
      .map(({ index: _, host: __, clients, ...process }) => ({
        ...process,
        clients: clients.map((client) => addresses.text(client)).sort(),
      }));
  }
}

export function addClient(process: Process, address: number): void {
  const { clients } = process;
  if (clients.length < REPORTED_CLIENTS && !clients.includes(address)) process.clients = [...clients, address];
}

/** Two sources may call one process differently, a path or a title; one source would not. */
function mayBe(process: Process, name: string | null, source: Source): boolean {
  return name === null || process.name === null || process.name === name || process.source !== source;
}
