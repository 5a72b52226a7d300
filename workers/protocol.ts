/** What a worker and the child process that runs one analysis say to each other. */
import type { AnalysisOptions } from '../src/contract/job.ts';
import type { Summary } from '../src/contract/report.ts';
import type { ErrorCode } from '../src/errors.ts';
import type { AnalysisProgress } from './progress.ts';

/** Parent to child, once. */
export interface AnalysisOrder {
  readonly captures: readonly { readonly path: string; readonly name: string; readonly sha256: string }[];
  readonly evidence: readonly { readonly path: string; readonly name: string }[];
  readonly options: AnalysisOptions;
  /** An empty folder for the report and the tables. */
  readonly out: string;
  readonly memoryBytes: number;
}

/** Child to parent. After any but `progress` the child ends. */
export type ChildMessage =
  | { readonly kind: 'progress'; readonly progress: AnalysisProgress }
  | { readonly kind: 'completed'; readonly summary: Summary }
  /** The input is to blame, or a limit: another try would say the same. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string }
  /** Nobody foresaw this; `detail` is for the log. */
  | { readonly kind: 'crashed'; readonly detail: string };
