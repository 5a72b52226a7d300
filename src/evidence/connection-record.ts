import type { SocketRow } from '../contract/evidence.ts';
import { canonicalAddress, portNumber } from './address.ts';
import type { Clock } from './clock.ts';

/** One record of `Get-NetTCPConnection` by its property names, which no language translates; null where one is missing. */
export type Property = (name: string) => string | null;

export type ConnectionRow = Omit<SocketRow, 'state'>;

export interface ReadConnection {
  row: ConnectionRow;
  /** An address that the console cut short: its row can be matched with nothing. */
  cut: boolean;
}

/** Null for a record without the ports that a row needs. */
export function readConnection(raw: Property, clock: Clock, line: number): ReadConnection | null {
  const property: Property = (name) => raw(name)?.trim() || null;
  const localPort = portNumber(property('LocalPort') ?? '');
  const remotePort = portNumber(property('RemotePort') ?? '0');
  if (localPort === null || remotePort === null) return null;
  const [local, remote] = [property('LocalAddress') ?? '', property('RemoteAddress') ?? ''];
  const [localAddress, remoteAddress] = [canonicalAddress(local), canonicalAddress(remote)];
  const row: ConnectionRow = {
    line,
    protocol: 'tcp',
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    stateText: property('State'),
    pid: pidOf(property('OwningProcess')),
    process: property('ProcessName') ?? property('Process'),
    created: clock.parseProperty(property('CreationTime') ?? '')?.time ?? null,
  };
  return { row, cut: localAddress === null || remoteAddress === null };
}

function pidOf(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
