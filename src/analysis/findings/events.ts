/** The events of the evidence on the analysis' timeline. */
import type { EventNumber } from '../../contract/evidence.ts';
import type { Endpoint } from '../../contract/report.ts';
import type { DiagnosisInput, PlacedEvent } from './scene.ts';

/** Windows events 4227, 4231 and their Winsock errors; 4266 is the UDP pool's and says nothing of TCP ports. */
export const TCP_PORT_EVENTS: readonly EventNumber[] = [4227, 4231, 10048, 10055];

export function placeEvents({ evidence, ledger }: DiagnosisInput): PlacedEvent[] {
  if (Number.isNaN(ledger.timeline.baseSeconds)) return [];
  const placed = evidence.events.map((event) => ({ ...event, at: ledger.timeline.fromUnixNanoseconds(event.time) }));
  return placed.sort((one, other) => one.at - other.at);
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** LINKTYPE_NULL and LINKTYPE_LOOP: what a loopback interface is captured as, by Npcap too. */
const LOOPBACK_LINK_TYPES = [0, 108];

/** Loopback traffic is in the capture: by a packet, or by an interface that would have shown it. */
export function loopbackSeen({ captures, ledger }: DiagnosisInput): boolean {
  const listened = captures.some(({ interfaces }) =>
    interfaces.some(({ linkTypeNumber }) => LOOPBACK_LINK_TYPES.includes(linkTypeNumber)),
  );
  return listened || ledger.clients.address.some((address) => ledger.addresses.isLoopback(address));
}

export function loopbackEndpoints(event: PlacedEvent): Endpoint[] {
  return event.endpoints.filter(({ address }) => isLoopbackAddress(address));
}
