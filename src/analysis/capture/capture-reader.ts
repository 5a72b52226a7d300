import { RecordWindow } from '../bytes/record-window.ts';
import { Dissector } from '../packet/dissector.ts';
import { DONE } from '../packet/layers.ts';
import { ODDITIES, type Oddity } from '../packet/oddities.ts';
import type { Addresses } from '../segment/addresses.ts';
import { CaptureProcesses } from '../segment/capture-processes.ts';
import type { NamedProcesses } from '../segment/named-processes.ts';
import { ACK, FIN, RST, type SegmentSink, SYN } from '../segment/segment.ts';
import type { Timeline } from '../segment/timeline.ts';
import { DetectedSource } from './detected-source.ts';
import type { CaptureInterface } from './record-source.ts';
import { RecordTally } from './record-tally.ts';
import type { CaptureSummary, InterfaceSummary, ReadError } from './summary.ts';

/**
 * Reads one capture file of any format known here, told by its content, and hands its TCP segments on in the order of
 * the file. It never throws for what a file holds: `summary` tells what was wrong, and what was read before it stands.
 */
export class CaptureReader {
  readonly #tally: RecordTally;
  readonly #dissector: Dissector;
  readonly #source: DetectedSource;
  readonly #window: RecordWindow;
  #ended = false;
  #abandoned: ReadError | null = null;

  /** `index` is the capture's in the job; the readers of one job share `timeline`, `addresses` and `processes`. */
  constructor(index: number, timeline: Timeline, addresses: Addresses, sink: SegmentSink, processes: NamedProcesses) {
    const named = new CaptureProcesses(processes, index);
    this.#dissector = new Dissector(index, addresses, sink, named);
    this.#tally = new RecordTally(timeline, this.#dissector);
    this.#source = new DetectedSource(this.#tally, named);
    this.#window = new RecordWindow(this.#source);
  }

  /** Takes the next octets of the file, cut anywhere; `bytes` may be overwritten as soon as it returns. */
  feed(bytes: Uint8Array): void {
    this.#window.feed(bytes);
  }

  /** The file is over: what is left unread is a record that was cut. */
  end(): void {
    if (!this.#ended) this.#window.end();
    this.#ended = true;
  }

  /** The file cannot be read on, as where its compressed form is damaged; what was fed stands. */
  abandon(error: ReadError): void {
    this.#abandoned = error;
    this.end();
  }

  /** True once nothing that is fed can matter any more: the caller may stop reading the file. */
  get stopped(): boolean {
    return this.#source.stopped;
  }

  get packets(): number {
    return this.#tally.packets;
  }

  /** What was read so far; final after `end`. */
  get summary(): CaptureSummary {
    const interfaces = (this.#source.source?.interfaces ?? []).map(interfaceSummary);
    const error = this.#abandoned ?? this.#source.error ?? unsupportedOnly(interfaces);
    return {
      format: this.#source.source?.format ?? 'unknown',
      interfaces,
      packets: this.#tally.packets,
      firstTime: this.#tally.firstTime,
      lastTime: this.#tally.lastTime,
      complete: this.#ended && !this.#source.stopped && this.#abandoned === null,
      error,
      ...flagTotals(this.#dissector.flagCounts),
      oddities: named(this.#dissector.oddities),
      dropped: sumDropped(interfaces),
      localTimes: this.#source.source?.localTimes ?? false,
      processes: this.#source.source?.processes ?? [],
    };
  }
}

function interfaceSummary(origin: CaptureInterface): InterfaceSummary {
  const type = origin.linkType;
  return {
    linkType: type.name,
    linkTypeNumber: type.number,
    supported: type.layer !== DONE,
    snaplen: origin.snaplen,
    filter: origin.filter,
    packets: origin.packets,
    dropped: origin.dropped,
  };
}

/** A file none of whose packets can be decoded answers nothing, and says which link types it would have needed. */
function unsupportedOnly(interfaces: readonly InterfaceSummary[]): ReadError | null {
  if (interfaces.length === 0 || interfaces.some((origin) => origin.supported)) return null;
  const names = new Set(interfaces.map((origin) => `${origin.linkTypeNumber} (${origin.linkType})`));
  const message = `the file holds only link types that are not read here: ${[...names].join(', ')}`;
  return { code: 'link-type-unsupported', message, offset: null };
}

function flagTotals(counts: Float64Array) {
  const totals = { tcpSegments: 0, synPackets: 0, synAckPackets: 0, finPackets: 0, rstPackets: 0 };
  for (let flags = 0; flags < counts.length; flags++) {
    const count = counts[flags]!;
    totals.tcpSegments += count;
    if (flags & SYN && !(flags & ACK)) totals.synPackets += count;
    if (flags & SYN && flags & ACK) totals.synAckPackets += count;
    if (flags & FIN) totals.finPackets += count;
    if (flags & RST) totals.rstPackets += count;
  }
  return totals;
}

function named(counts: Float64Array): Partial<Record<Oddity, number>> {
  const oddities: Partial<Record<Oddity, number>> = {};
  ODDITIES.forEach((name, index) => {
    if (counts[index]! > 0) oddities[name] = counts[index]!;
  });
  return oddities;
}

function sumDropped(interfaces: readonly InterfaceSummary[]): number | null {
  const known = interfaces.flatMap((origin) => (origin.dropped === null ? [] : [origin.dropped]));
  return known.length === 0 ? null : known.reduce((sum, dropped) => sum + dropped, 0);
}
