/**
 * A worker's hold on one job: it beats for it once a second with the progress, learns within half a second of a
 * cancel or that the job was taken away, and says through one signal that the analysis must end.
 */
import type { Progress } from '../src/contract/job.ts';
import type { Log } from '../src/log.ts';
import type { JobRecords, Standing } from '../src/records/records.ts';
import { progressOf } from './progress.ts';

const LOOK_EVERY_MS = 400;
const BEAT_EVERY_MS = 1000;

export type StopReason = 'cancel' | 'lost' | 'hand-back';

export class Hold {
  /** Why the signal was aborted. */
  reason: StopReason | null = null;
  readonly #jobs: JobRecords;
  readonly #id: string;
  readonly #holder: string;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #progress: Progress = progressOf({ stage: 'waiting', bytes: 0, totalBytes: 0, packets: 0 }, 0);
  #timer: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #beatAt = performance.now();
  #ended = false;

  constructor(jobs: JobRecords, id: string, holder: string, log: Log) {
    this.#jobs = jobs;
    this.#id = id;
    this.#holder = holder;
    this.#log = log;
    this.#lookLater();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The newest progress; it is stored with the next beat. */
  report(progress: Progress): void {
    this.#progress = progress;
  }

  /** As the record of a completed job shows it. */
  doneProgress(): Progress {
    const { totalBytes, packets } = this.#progress;
    return { stage: 'done', bytes: totalBytes, totalBytes, packets, percent: 100, etaSeconds: 0 };
  }

  handBackIn(seconds: number): void {
    this.#grace ??= setTimeout(() => this.#abort('hand-back'), seconds * 1000);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
  }

  #lookLater(): void {
    if (!this.#ended) this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      const standing = await this.#ask();
      if (standing !== 'go-on' && !this.#ended) this.#abort(standing);
    } catch (error) {
      // If the database stays away, another worker will take the job over, and this one learns of it when it is back.
      this.#log.warn('a job cannot be looked after', { job: this.#id, error });
    }
    this.#lookLater();
  }

  #ask(): Promise<Standing> {
    const now = performance.now();
    if (now - this.#beatAt < BEAT_EVERY_MS) return this.#jobs.standing(this.#id, this.#holder);
    this.#beatAt = now;
    return this.#jobs.heartbeat(this.#id, this.#holder, this.#progress);
  }

  #abort(reason: StopReason): void {
    this.reason ??= reason;
    this.#stop.abort();
  }
}
