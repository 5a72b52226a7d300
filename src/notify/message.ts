/** What a webhook is told: enough for a ticket system to find its ticket by the labels and to write into it. */
import { jobLinks } from '../contract/links.ts';
import { failureProblem } from '../contract/problem.ts';
import type { EndedJob } from './notifier.ts';

/** Standard Webhooks asks for bodies below 20 kB; labels are held below 8 kB where they come in, links are short. */
const MAX_TEXT_BYTES = 6000;
const MAX_HEADLINE_BYTES = 1000;
const MAX_DETAIL_BYTES = 2000;

/** The JSON body of the call, the same in every try. */
export function messageOf(job: EndedJob): string {
  return JSON.stringify({
    type: `job.${job.status}`,
    timestamp: job.finishedAt.toISOString(),
    data: {
      job: {
        id: job.id,
        status: job.status,
        labels: job.labels,
        links: jobLinks(job.baseUrl, job.id, job.status),
        error: errorOf(job),
      },
      summary: summaryOf(job),
    },
  });
}

function errorOf({ failure }: EndedJob) {
  if (failure === null) return null;
  return failureProblem({ ...failure, detail: shortened(failure.detail, MAX_DETAIL_BYTES) });
}

function summaryOf({ summary }: EndedJob) {
  if (summary === null) return null;
  return {
    code: summary.code,
    headline: shortened(summary.headline, MAX_HEADLINE_BYTES),
    text: shortened(summary.text, MAX_TEXT_BYTES),
  };
}

/** At most so many bytes of JSON, cut between characters. */
function shortened(text: string, maxBytes: number): string {
  if (jsonBytes(text) <= maxBytes) return text;
  let kept = '';
  let bytes = jsonBytes('…');
  for (const character of text) {
    bytes += jsonBytes(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return `${kept}…`;
}

const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - '""'.length;
