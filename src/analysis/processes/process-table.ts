import type { ProcessReport } from '../../contract/report.ts';

/** What a person can look through; the processes with the most attempts stay. */
const REPORTED = 1000;

type Source = ProcessReport['source'];
type Confidence = ProcessReport['confidence'];

export interface Process {
  /** Place in the table. */
  readonly index: number;
  readonly pid: number;
  name: string | null;
  source: Source;
  confidence: Confidence;
  attempts: number;
  openSessions: number;
  readonly clients: Set<string>;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** The processes by host, id and name: two hosts, or two times, may have the same id for different processes. */
export class ProcessTable {
  readonly #processes: Process[] = [];
  /** The first process of a host with this id. */
  readonly #byId = new Map<string, Process>();
  readonly #byName = new Map<string, Process>();

  /** `host` is whatever tells hosts apart; the surest source of a process is the one that is told. */
  process(host: string, pid: number, name: string | null, source: Source, confidence: Confidence): Process {
    const id = `${pid} ${host}`;
    const key = `${id}\n${name ?? ''}`;
    const first = this.#byId.get(id);
    const known = this.#byName.get(key) ?? (first !== undefined && mayBe(first, name, source) ? first : undefined);
    const process = known ?? this.#add(id, { pid, name, source, confidence });
    this.#byName.set(key, process);
    process.name ??= name;
    if (CONFIDENCES.indexOf(confidence) > CONFIDENCES.indexOf(process.confidence)) {
      process.confidence = confidence;
      process.source = source;
    }
    return process;
  }

  #add(id: string, told: Pick<Process, 'pid' | 'name' | 'source' | 'confidence'>): Process {
    const process = {
      ...told,
      index: this.#processes.length,
      attempts: 0,
      openSessions: 0,
      clients: new Set<string>(),
    };
    this.#processes.push(process);
    if (!this.#byId.has(id)) this.#byId.set(id, process);
    return process;
  }

  at(index: number): Process {
    return this.#processes[index]!;
  }

  report(): ProcessReport[] {
    return [...this.#processes]
      .sort((a, b) => b.attempts - a.attempts || b.openSessions - a.openSessions || a.pid - b.pid)
      .slice(0, REPORTED)
      .map(({ index: _, clients, ...process }) => ({ ...process, clients: [...clients].sort() }));
  }
}

/** Two sources may call one process differently, a path or a title; one source would not. */
function mayBe(process: Process, name: string | null, source: Source): boolean {
  return name === null || process.name === null || process.name === name || process.source !== source;
}
