import { type LinkType, linkType } from '../packet/link-types.ts';
import type { Timeline } from '../segment/timeline.ts';
import { counterOption, findOption, optionLength, textOption } from './pcapng-options.ts';
import { CaptureInterface } from './record-source.ts';
import { TickClock, ticksPerSecond } from './tick-clock.ts';

/** Interface description block, draft-ietf-opsawg-pcapng section 4.2; offsets from the block's start. */
const LINK_TYPE_AT = 8;
const SNAPLEN_AT = 12;
const OPTIONS_AT = 16;
export const MIN_DESCRIPTION = OPTIONS_AT + 4;

const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_TSOFFSET = 14;
const MICROSECONDS = 6;
/** The first octet of a filter tells its kind; 0 is text. */
const FILTER_TEXT = 0;

/** Interface statistics block, section 4.6. */
const STATISTICS_OPTIONS_AT = 20;
export const MIN_STATISTICS = STATISTICS_OPTIONS_AT + 4;
const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/** One interface of a pcapng section with its clock. */
export class PcapngInterface extends CaptureInterface {
  readonly clock: TickClock;
  /** Losses that the packets themselves tell, summed. */
  #lost = 0;

  constructor(type: LinkType, snaplen: number, filter: string | null, clock: TickClock) {
    super(type, snaplen, filter);
    this.clock = clock;
  }

  /** A packet that says how many were lost between the one before it and itself. */
  lost(packets: number): void {
    this.#lost += packets;
    if (this.#lost > (this.dropped ?? -1)) this.dropped = this.#lost;
  }

  /** Counters since the start of the capture: the latest hold, unless the packets tell of more. */
  statistics(view: DataView, block: number, optionsEnd: number, little: boolean): void {
    const from = block + STATISTICS_OPTIONS_AT;
    const byInterface = counterOption(view, from, optionsEnd, little, ISB_IFDROP);
    const bySystem = counterOption(view, from, optionsEnd, little, ISB_OSDROP);
    if (byInterface === null && bySystem === null) return;
    this.dropped = Math.max((byInterface ?? 0) + (bySystem ?? 0), this.#lost);
  }
}

/** Reads the interface description block at `block`, whose options end at `optionsEnd`. */
export function describeInterface(
  view: DataView,
  block: number,
  optionsEnd: number,
  little: boolean,
  timeline: Timeline,
): PcapngInterface {
  const from = block + OPTIONS_AT;
  const resolution = findOption(view, from, optionsEnd, little, IF_TSRESOL);
  const offset = findOption(view, from, optionsEnd, little, IF_TSOFFSET);
  const hasOffset = offset >= 0 && optionLength(view, offset, little) === 8;
  const hasResolution = resolution >= 0 && optionLength(view, resolution, little) >= 1;
  const clock = new TickClock(
    timeline,
    ticksPerSecond(hasResolution ? view.getUint8(resolution) : MICROSECONDS),
    hasOffset ? view.getBigInt64(offset, little) : 0n,
  );
  const snaplen = view.getUint32(block + SNAPLEN_AT, little);
  const filter = filterText(textOption(view, from, optionsEnd, little, IF_FILTER));
  return new PcapngInterface(linkType(view.getUint16(block + LINK_TYPE_AT, little)), snaplen, filter, clock);
}

function filterText(option: string | null): string | null {
  return option !== null && option.charCodeAt(0) === FILTER_TEXT ? option.slice(1) : null;
}
