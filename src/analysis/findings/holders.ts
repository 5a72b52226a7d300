/** Whose the sessions of a finding are. */
import type { Process } from '../processes/process-table.ts';
import type { Scene } from './scene.ts';
import { countBy, list } from './words.ts';

export interface Holders {
  /** `PID name: sessions`, the most first; empty where no process is known. */
  readonly counts: string[];
  /** The same for people, with who tells it; empty where no process is known. */
  readonly sentence: string;
}

export function holdersOf({ owners }: Scene, rows: readonly number[]): Holders {
  const processes = rows.flatMap((row) => owners.of(row) ?? []);
  const counts = countBy(processes, ({ pid, name }) => processText(pid, name));
  return { counts, sentence: processes.length === 0 ? '' : sentenceOf(processes, counts, rows.length) };
}

/** `PID name`, or what of it is known. */
export function processText(pid: number | null, name: string | null): string {
  if (pid === null) return name ?? 'unknown process';
  return name === null ? `PID ${pid}` : `PID ${pid} ${name}`;
}

function sentenceOf(processes: readonly Process[], counts: readonly string[], of: number): string {
  const unsure = processes.some(({ confidence }) => confidence === 'low');
  const unknown = of - processes.length;
  return [
    `By ${tellersOf(processes)} they ${unsure ? 'may belong' : 'belong'} to ${list(counts, 3)}`,
    ...(unsure ? ['a packet is logged with whichever process runs just then'] : []),
    ...(unknown > 0 ? [`of ${unknown} more the process is not known`] : []),
  ]
    .join('; ')
    .concat('.');
}

function tellersOf(processes: readonly Process[]): string {
  const tellers = processes.map(({ source }) =>
    source === 'netstat' ? "the host's list of sockets" : `the capture itself (${source})`,
  );
  return [...new Set(tellers)].sort().join(' and ');
}
