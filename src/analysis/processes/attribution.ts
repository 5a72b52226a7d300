/**
 * Which process each session belongs to: by Network Monitor's table, by what the packets themselves name, by the host's
 * own lists of sockets, by what only ran when a packet was logged. The surest speaks first.
 */
import type { EvidenceFacts } from '../../contract/evidence.ts';
import type { ProcessReport } from '../../contract/report.ts';
import type { CaptureSummary } from '../capture/summary.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { NamedProcesses } from '../segment/named-processes.ts';
import { Hosts } from './hosts.ts';
import { ListNames } from './list-names.ts';
import { NetmonNames } from './netmon-names.ts';
import { PacketNames } from './packet-names.ts';
import { ProcessTable } from './process-table.ts';
import { SessionOwners } from './session-owners.ts';
import { TupleRows } from './tuple-rows.ts';

export interface AttributionInput {
  readonly ledger: Ledger;
  /** In the order of the report. */
  readonly captures: readonly CaptureSummary[];
  /** What the ids in `Sessions.process` stand for. */
  readonly named: NamedProcesses;
  readonly evidence: EvidenceFacts;
}

export interface Attribution {
  readonly owners: SessionOwners;
  readonly processes: ProcessReport[];
}

export function attributeProcesses({ ledger, captures, named, evidence }: AttributionInput): Attribution {
  const table = new ProcessTable();
  const owners = new SessionOwners(ledger, table);
  const hosts = new Hosts();
  const rows = new TupleRows(ledger);
  const netmon = new NetmonNames(ledger, captures, rows);
  const packets = new PacketNames(ledger, named);
  const lists = new ListNames(ledger, evidence.snapshots, rows);
  for (const names of [netmon, packets, lists]) names.joinHosts(hosts);
  netmon.attribute(table, owners, hosts);
  packets.attribute('owner', table, owners, hosts);
  lists.attribute(table, owners, hosts);
  packets.attribute('context', table, owners, hosts);
  return { owners, processes: table.report(ledger.addresses) };
}
