/** What labels may be; apart from their schema, whose library takes longer to load than a small capture to analyse. */
import { PortledgerError } from '../errors.ts';
import type { Labels } from './job.ts';

/** Characters of a name and of a value, and labels of a job. */
export const LABEL_LIMITS = { name: 64, value: 255, count: 64 } as const;
const MAX_LABELS_BYTES = 8192;

/** Throws `request-invalid` for what the schema of labels refuses, and where a webhook has no room for all of them. */
export function checkLabels(labels: Labels): void {
  const entries = Object.entries(labels);
  atMost(LABEL_LIMITS.count, entries.length, 'in number');
  for (const [name, value] of entries) {
    atMost(LABEL_LIMITS.name, [...name].length, `characters in the name "${name.slice(0, LABEL_LIMITS.name)}…"`);
    atMost(LABEL_LIMITS.value, [...value].length, `characters in the value of "${name}"`);
  }
  atMost(MAX_LABELS_BYTES, Buffer.byteLength(JSON.stringify(labels)), 'bytes as JSON');
}

function atMost(most: number, count: number, what: string): void {
  if (count <= most) return;
  throw new PortledgerError('request-invalid', `labels: ${count} ${what}, but ${most} is the most`);
}
