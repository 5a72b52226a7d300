/**
 * The pipeline: octets of captures in, ledger and report out. Pure: who reads files, undoes compression, shows progress
 * and writes tables stands outside.
 */
import type { EvidenceFacts } from '../contract/evidence.ts';
import type { Report } from '../contract/report.ts';
import { CaptureReader } from './capture/capture-reader.ts';
import type { ReadError } from './capture/summary.ts';
import { diagnose } from './findings/judge.ts';
import { buildLedger } from './ledger/build-ledger.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LedgerOptions } from './ledger/options.ts';
import { attributeProcesses } from './processes/attribution.ts';
import { assembleReport, type CaptureOrigin } from './report/assemble.ts';
import { Addresses } from './segment/addresses.ts';
import { NamedProcesses } from './segment/named-processes.ts';
import { TimeMerge } from './segment/time-merge.ts';
import { Timeline } from './segment/timeline.ts';
import { HostActivity } from './session/activity.ts';
import { finishSessions, isFlagsOnly } from './session/finish.ts';
import { SessionTracker } from './session/tracker.ts';

export interface Conclusion {
  readonly ledger: Ledger;
  /** Process id of each session row, NaN where it is not known. */
  readonly pid: Float64Array;
  readonly report: Report;
}

export class Analysis {
  readonly timeline = new Timeline();
  readonly #addresses = new Addresses();
  readonly #named = new NamedProcesses();
  readonly #activity = new HostActivity(this.#addresses);
  readonly #tracker: SessionTracker;
  /** One capture goes straight to the tracker; several go through here, as one timeline. */
  readonly #merge: TimeMerge | null;
  readonly #readers: CaptureReader[] = [];
  #ended = 0;

  /** `expectedSessions` saves the tables from growing; any number is right. */
  constructor(captures: number, expectedSessions: number) {
    this.#tracker = new SessionTracker(expectedSessions, this.#activity, this.#named);
    this.#merge = captures === 1 ? null : new TimeMerge(captures, this.#tracker);
    for (let index = 0; index < captures; index++) {
      const sink = this.#merge?.batch(index) ?? this.#tracker;
      this.#readers.push(new CaptureReader(index, this.timeline, this.#addresses, sink, this.#named));
    }
  }

  /** Takes the octets of the capture with this index in the report. */
  reader(capture: number): CaptureReader {
    return this.#readers[capture]!;
  }

  /** Which capture has to be fed, or ended, next; -1 when all have ended. */
  wanted(): number {
    if (this.#merge !== null) return this.#merge.drain();
    return this.#ended === 0 ? 0 : -1;
  }

  /** The capture is over. */
  end(capture: number): void {
    this.#readers[capture]!.end();
    this.#merge?.end(capture);
    this.#ended++;
  }

  /** The capture cannot be read on, as where its compressed form is damaged; what was fed stands. */
  abandon(capture: number, error: ReadError): void {
    this.#readers[capture]!.abandon(error);
    this.#merge?.end(capture);
    this.#ended++;
  }

  /** What the captures say. Nothing can be read after it. */
  conclude(origins: readonly CaptureOrigin[], options: LedgerOptions, evidence: EvidenceFacts): Conclusion {
    const captures = this.#readers.map((reader) => reader.summary);
    const flagsOnly = isFlagsOnly(this.#tracker);
    const sessions = finishSessions(this.#tracker, this.#addresses, {
      clients: options.clients,
      pool: options.portRange,
    });
    const span = {
      from: Math.min(...captures.map(({ firstTime }) => firstTime).filter((time) => !Number.isNaN(time))),
      to: Math.max(...captures.map(({ lastTime }) => lastTime).filter((time) => !Number.isNaN(time))),
    };
    const ledger = buildLedger({ sessions, addresses: this.#addresses, timeline: this.timeline, options, span });
    const { duplicates } = this.#tracker;
    const { owners, processes } = attributeProcesses({ ledger, captures, named: this.#named, evidence });
    const diagnosis = diagnose({ ledger, activity: this.#activity, captures, flagsOnly, duplicates, evidence, owners });
    return { ledger, pid: owners.pid, report: assembleReport({ ledger, captures, origins, diagnosis, processes }) };
  }
}
