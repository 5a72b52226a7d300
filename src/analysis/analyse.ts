/**
 * The second half of the pipeline: segments in, from the reading of captures (reading.ts), ledger and report out. Pure:
 * who reads files, undoes compression, shows progress and writes tables stands outside.
 */
import type { EvidenceFacts } from '../contract/evidence.ts';
import type { Report } from '../contract/report.ts';
import { diagnose } from './findings/judge.ts';
import { buildLedger } from './ledger/build-ledger.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LedgerOptions } from './ledger/options.ts';
import { attributeProcesses } from './processes/attribution.ts';
import type { ReadingOutcome } from './reading.ts';
import { assembleReport, type CaptureOrigin } from './report/assemble.ts';
import { Addresses } from './segment/addresses.ts';
import { NamedProcesses } from './segment/named-processes.ts';
import type { SegmentBlock } from './segment/segment-block.ts';
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
  readonly #timeline = new Timeline();
  readonly #addresses = new Addresses();
  readonly #processes = new NamedProcesses();
  readonly #activity = new HostActivity(this.#addresses);
  /** Null once the captures have ended. */
  #tracker: SessionTracker | null;

  /** `expectedSessions` saves the tables from growing; any number is right. */
  constructor(expectedSessions: number) {
    this.#tracker = new SessionTracker(expectedSessions, this.#activity);
  }

  /** Takes the next segments of the reading, in their order. */
  track(block: SegmentBlock): void {
    this.#tracker!.track(block);
  }

  /** The captures have ended: what they say. */
  conclude(
    outcome: ReadingOutcome,
    origins: readonly CaptureOrigin[],
    options: LedgerOptions,
    evidence: EvidenceFacts,
  ): Conclusion {
    const { captures } = outcome;
    this.#adopt(outcome);
    const { sessions, flagsOnly, duplicates } = this.#endTracking(options);
    const span = {
      from: Math.min(...captures.map(({ firstTime }) => firstTime).filter((time) => !Number.isNaN(time))),
      to: Math.max(...captures.map(({ lastTime }) => lastTime).filter((time) => !Number.isNaN(time))),
    };
    const ledger = buildLedger({ sessions, addresses: this.#addresses, timeline: this.#timeline, options, span });
    const { owners, processes } = attributeProcesses({ ledger, captures, named: this.#processes, evidence });
    const diagnosis = diagnose({ ledger, activity: this.#activity, captures, flagsOnly, duplicates, evidence, owners });
    const report = assembleReport({ ledger, captures, origins, diagnosis, processes });
    return {
      ledger,
      report,
      get pid() {
        return owners.pid;
      },
    };
  }

  /** What the tracker holds is as large as all that is made of it: it must not live on meanwhile. */
  #endTracking({ clients, portRange }: LedgerOptions) {
    const tracker = this.#tracker!;
    this.#tracker = null;
    const flagsOnly = isFlagsOnly(tracker);
    const sessions = finishSessions(tracker, this.#addresses, { clients, pool: portRange });
    return { sessions, flagsOnly, duplicates: tracker.duplicates };
  }

  #adopt({ baseSeconds, digits, v6Words, processes }: ReadingOutcome): void {
    this.#timeline.baseSeconds = baseSeconds;
    this.#timeline.digits = digits;
    this.#addresses.adoptV6(v6Words);
    this.#processes.adopt(processes);
  }
}
