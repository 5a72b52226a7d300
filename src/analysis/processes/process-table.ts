import type { ProcessReport } from '../../contract/report.ts';

/** What a person can look through; the processes with the most attempts stay. */
const REPORTED = 1000;

type Source = ProcessReport['source'];
type Confidence = ProcessReport['confidence'];

interface Process {
  readonly pid: number;
  name: string | null;
  source: Source;
  confidence: Confidence;
  attempts: number;
  openSessions: number;
  readonly clients: Set<string>;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** The processes by host and id: two hosts may have the same id for different processes. */
export class ProcessTable {
  readonly #processes = new Map<string, Process>();

  /** `host` is whatever tells hosts apart; the surest source of a process is the one that is told. */
  process(host: string, pid: number, name: string | null, source: Source, confidence: Confidence): Process {
    const key = `${pid} ${host}`;
    const known = this.#processes.get(key);
    if (known === undefined) {
      const process = { pid, name, source, confidence, attempts: 0, openSessions: 0, clients: new Set<string>() };
      this.#processes.set(key, process);
      return process;
    }
    known.name ??= name;
    if (CONFIDENCES.indexOf(confidence) > CONFIDENCES.indexOf(known.confidence)) {
      known.confidence = confidence;
      known.source = source;
    }
    return known;
  }

  report(): ProcessReport[] {
    return [...this.#processes.values()]
      .sort((a, b) => b.attempts - a.attempts || b.openSessions - a.openSessions || a.pid - b.pid)
      .slice(0, REPORTED)
      .map(({ clients, ...process }) => ({ ...process, clients: [...clients].sort() }));
  }
}
