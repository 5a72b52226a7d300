/** Which processes the host's own list of sockets names for some sessions. */
import { localPortOf, type Scene } from './scene.ts';
import { countBy, processText, tupleKey } from './snapshots.ts';
import { list } from './words.ts';

/** `PID name: sessions`, the most first; empty where no list names one. Rows in TIME_WAIT belong to nobody (PID 0). */
export function processesOf(scene: Scene, client: number, rows: readonly number[]): string[] {
  const lists = scene.snapshots.flatMap(({ connections }) => connections.get(client) ?? []);
  if (lists.length === 0) return [];
  const { sessions, addresses } = scene.ledger;
  const named = rows.flatMap((row) => {
    const remote = addresses.text(sessions.remote[row]!);
    const key = tupleKey(localPortOf(scene.ledger, row), remote, sessions.ports[row]! & 0xffff);
    return lists.map((known) => known.get(key)).find((entry) => entry?.pid) ?? [];
  });
  return countBy(named, processText);
}

export function processSentence(processes: readonly string[]): string {
  return processes.length === 0 ? '' : `By the host's list of sockets they belong to ${list(processes, 3)}.`;
}
