/** Five connections in each form that PowerShell gives to `Get-NetTCPConnection`. */
import type { SocketRow } from '../../src/contract/evidence.ts';

export const brief = (row: SocketRow): unknown[] => [
  row.localAddress,
  row.localPort,
  row.remoteAddress,
  row.remotePort,
  row.state,
  row.pid,
];

export const BRIEF = [
  ['::', 135, '::', 0, 'LISTENING', 892],
  ['0.0.0.0', 135, '0.0.0.0', 0, 'LISTENING', 892],
  ['0.0.0.0', 58430, '0.0.0.0', 0, 'BOUND', 10684],
  ['10.1.1.10', 50123, '10.2.0.1', 3200, 'ESTABLISHED', 4711],
  ['10.1.1.10', 50124, '10.2.0.1', 3200, 'TIME_WAIT', 0],
];

export const TABLE = `
LocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningProcess
------------                        --------- -------------                       ---------- -----       -------------- -------------
::                                  135       ::                                  0          Listen                     892
0.0.0.0                             135       0.0.0.0                             0          Listen                     892
0.0.0.0                             58430     0.0.0.0                             0          Bound                      10684
10.1.1.10                           50123     10.2.0.1                            3200       Established Internet       4711
10.1.1.10                           50124     10.2.0.1                            3200       TimeWait                   0

`;

export const list = (created: string): string =>
  BRIEF.map(
    ([local, localPort, remote, remotePort, state, pid]) => `
LocalAddress   : ${local}
LocalPort      : ${localPort}
RemoteAddress  : ${remote}
RemotePort     : ${remotePort}
State          : ${WORD[state as string]}
AppliedSetting : ${state === 'ESTABLISHED' ? 'Internet' : ''}
OwningProcess  : ${pid}
CreationTime   : ${created}
OffloadState   : InHost
`,
  ).join('\n');

export const WORD: Record<string, string> = {
  LISTENING: 'Listen',
  BOUND: 'Bound',
  ESTABLISHED: 'Established',
  TIME_WAIT: 'TimeWait',
};
export const NUMBER: Record<string, number> = { LISTENING: 2, BOUND: 100, ESTABLISHED: 5, TIME_WAIT: 11 };

const NAMES = ['CreationTime', 'LocalAddress', 'LocalPort', 'OwningProcess', 'RemoteAddress', 'RemotePort', 'State'];

export function csv(created: string, delimiter = ',', extra: [name: string, value: string][] = []): string {
  const quote = (fields: unknown[]) => fields.map((field) => `"${field}"`).join(delimiter);
  const rows = BRIEF.map(([local, localPort, remote, remotePort, state, pid]) =>
    quote([
      created,
      local,
      localPort,
      pid,
      remote,
      remotePort,
      WORD[state as string],
      ...extra.map(([, value]) => value),
    ]),
  );
  return `${[quote([...NAMES, ...extra.map(([name]) => name)]), ...rows].join('\r\n')}\r\n`;
}

export function objects(created: unknown, state: (state: string) => unknown): object[] {
  return BRIEF.map(([LocalAddress, LocalPort, RemoteAddress, RemotePort, word, OwningProcess]) => ({
    CimClass: { CimSuperClassName: 'MSFT_NetTransportConnection', CimClassQualifiers: [{ Name: 'dynamic' }] },
    LocalAddress,
    LocalPort,
    RemoteAddress,
    RemotePort,
    State: state(word as string),
    OwningProcess,
    CreationTime: created,
  }));
}
