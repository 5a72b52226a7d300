/** The call that tells somebody outside that a job has ended. The worker counts the tries and keeps the schedule. */
import type { JobStatus, Labels, Webhook } from '../contract/job.ts';
import type { Summary } from '../contract/report.ts';
import type { ErrorCode } from '../errors.ts';

/** What there is to tell of a job at its end. */
export interface EndedJob {
  readonly id: string;
  readonly status: JobStatus;
  readonly finishedAt: Date;
  readonly labels: Labels;
  readonly summary: Summary | null;
  readonly failure: { readonly code: ErrorCode; readonly detail: string } | null;
  /** What links begin with; no slash at the end. */
  readonly baseUrl: string;
  readonly webhook: Webhook;
}

export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly answer: string }
  /** Try again by the schedule, or not before `afterSeconds` when the receiver asked for that. */
  | { readonly outcome: 'retry'; readonly answer: string; readonly afterSeconds?: number }
  /** It will never work: a refused address, 410. */
  | { readonly outcome: 'given-up'; readonly answer: string };

export interface Notifier {
  /**
   * One try. `deliveryId` is the `webhook-id`, the same at every try. Does not throw for anything that the receiver
   * does; `answer` is a line for people.
   */
  deliver(deliveryId: string, job: EndedJob, signal: AbortSignal): Promise<DeliveryOutcome>;
}
