import type { PortRange } from '../../contract/job.ts';

/** What companion text says about the ports of one host: netsh, netstat. */
export interface HostPorts {
  /** Addresses of the host, as text; empty where the text does not tell, and then it holds for every client. */
  readonly addresses: readonly string[];
  /** The dynamic port range, where the text gives it. */
  readonly range: PortRange | null;
  /** Ranges that the stack never hands out. */
  readonly excluded: readonly PortRange[];
  /** Ports with a listener; those inside the pool are not usable for connections out. */
  readonly listeners: readonly number[];
}

/** What of the analysis options and of the evidence decides the figures of the ledger. */
export interface LedgerOptions {
  /** The given TIME_WAIT in seconds. */
  readonly timeWaitSeconds: number;
  /** The given pool of every client, or null. */
  readonly portRange: PortRange | null;
  /** Clients to report, as text in canonical form; empty for all. */
  readonly clients: readonly string[];
  readonly hosts: readonly HostPorts[];
}

export const DEFAULT_LEDGER_OPTIONS: LedgerOptions = {
  timeWaitSeconds: 120,
  portRange: null,
  clients: [],
  hosts: [],
};
