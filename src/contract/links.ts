/** Where the parts of a job are found. `base` is empty for links within the API, an origin where they leave it. */
import type { JobStatus } from './job.ts';
import { TABLE_NAMES } from './tables.ts';

/** Links of a job by name: what its status has, or may still come to have. */
export function jobLinks(base: string, id: string, status: JobStatus): Record<string, string> {
  const self = `${base}/v1/jobs/${id}`;
  const unfinished = status === 'queued' || status === 'active';
  return {
    self,
    ...(unfinished ? { events: `${self}/events`, cancel: `${self}/cancel` } : {}),
    ...(unfinished || status === 'completed' ? resultLinks(self) : {}),
  };
}

function resultLinks(self: string): Record<string, string> {
  const tables = TABLE_NAMES.map((table) => [table, `${self}/tables/${table}`]);
  return { result: `${self}/result`, report: `${self}/report`, ...Object.fromEntries(tables) };
}
