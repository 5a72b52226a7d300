/** From a plan to its diagnosis: segments go from the simulated wire straight to the tracker, no byte between. */
import type { CaptureSummary } from '../../src/analysis/capture/summary.ts';
import { type Diagnosis, diagnose } from '../../src/analysis/findings/judge.ts';
import type { DiagnosisInput } from '../../src/analysis/findings/scene.ts';
import { buildLedger } from '../../src/analysis/ledger/build-ledger.ts';
import type { Ledger } from '../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../src/analysis/ledger/options.ts';
import { attributeProcesses } from '../../src/analysis/processes/attribution.ts';
import { Addresses } from '../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../src/analysis/segment/named-processes.ts';
import { ACK, FIN, RST, type Segment, type SegmentSink, SYN } from '../../src/analysis/segment/segment.ts';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { HostActivity } from '../../src/analysis/session/activity.ts';
import { finishSessions, isFlagsOnly } from '../../src/analysis/session/finish.ts';
import { SessionTracker } from '../../src/analysis/session/tracker.ts';
import { emptyFacts } from '../../src/contract/evidence.ts';
import { parseEventOption } from '../../src/evidence/event-option.ts';
import { streamTo } from '../analysis/direct.ts';
import { type Plan, type Run, simulate } from './simulate.ts';
import { captureStart } from './wire.ts';

export interface LabOptions extends Partial<LedgerOptions> {
  /** What the host logged, at seconds of the run. */
  events?: { seconds: number; text: string }[];
}

export interface Examined {
  run: Run;
  ledger: Ledger;
  diagnosis: Diagnosis;
}

export function examine(plan: Plan, options: LabOptions = {}): Examined {
  const { input, run } = inputOfPlan(plan, options);
  return { run, ledger: input.ledger, diagnosis: diagnose(input) };
}

function inputOfPlan(plan: Plan, { events = [], ...options }: LabOptions): { input: DiagnosisInput; run: Run } {
  const timeline = new Timeline();
  const addresses = new Addresses();
  const activity = new HostActivity(addresses);
  const tracker = new SessionTracker(0, activity);
  const stream = streamTo(tracker);
  const tally = new Tally(stream);
  const run = simulate(plan, tally, timeline);
  stream.flush();
  const flagsOnly = isFlagsOnly(tracker);
  const { duplicates } = tracker;
  const ledgerOptions = { ...DEFAULT_LEDGER_OPTIONS, ...options };
  const sessions = finishSessions(tracker, addresses, {
    clients: ledgerOptions.clients,
    pool: ledgerOptions.portRange,
  });
  const summary = tally.summary();
  const span = { from: summary.firstTime, to: summary.lastTime };
  const ledger = buildLedger({ sessions, addresses, timeline, options: ledgerOptions, span });
  const evidence = { ...emptyFacts(), events: loggedEvents(plan, events) };
  const captures = [summary];
  const { owners } = attributeProcesses({ ledger, captures, named: new NamedProcesses(), evidence });
  return { input: { ledger, activity, captures, flagsOnly, duplicates, evidence, owners }, run };
}

export function loggedEvents(plan: Plan, events: readonly { seconds: number; text: string }[]) {
  return events.map(({ seconds, text }) => {
    const time = new Date((captureStart(plan.view ?? {}) + seconds) * 1000).toISOString();
    return parseEventOption({ time, text });
  });
}

/** Passes segments on and counts them as a reader of the capture would. */
class Tally implements SegmentSink {
  readonly #sink: SegmentSink;
  #first = Number.NaN;
  #last = Number.NaN;
  #segments = 0;
  #synPackets = 0;
  #synAckPackets = 0;
  #finPackets = 0;
  #rstPackets = 0;

  constructor(sink: SegmentSink) {
    this.#sink = sink;
  }

  accept(segment: Segment): void {
    if (this.#segments++ === 0) this.#first = segment.time;
    this.#last = segment.time;
    if (segment.flags & SYN) {
      if (segment.flags & ACK) this.#synAckPackets++;
      else this.#synPackets++;
    }
    if (segment.flags & FIN) this.#finPackets++;
    if (segment.flags & RST) this.#rstPackets++;
    this.#sink.accept(segment);
  }

  summary(): CaptureSummary {
    const packets = this.#segments;
    const ethernet = { linkType: 'ETHERNET', linkTypeNumber: 1, supported: true, snaplen: 65535 };
    return {
      format: 'pcap',
      interfaces: [{ ...ethernet, filter: null, packets, dropped: null }],
      packets,
      firstTime: this.#first,
      lastTime: this.#last,
      complete: true,
      error: null,
      tcpSegments: packets,
      synPackets: this.#synPackets,
      synAckPackets: this.#synAckPackets,
      finPackets: this.#finPackets,
      rstPackets: this.#rstPackets,
      oddities: {},
      dropped: null,
      localTimes: false,
      processes: [],
    };
  }
}
