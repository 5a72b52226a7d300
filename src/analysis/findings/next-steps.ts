/** What to do next, with commands that can be pasted, between backticks. Windows first: events 4227 and 4231 are its own. */
import type { Endpoint } from '../../contract/report.ts';
import { endpointText } from './scene.ts';

export const SHOW_POOL =
  'Read the pool. Windows: `netsh int ipv4 show dynamicport tcp`, and `netsh int ipv4 show excludedportrange protocol=tcp`. ' +
  'Linux: `sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports`. Then analyse again with `--port-range FIRST-LAST`.';

export const POOL_CONNECTIONS =
  'Let the application keep connections open and use them again (keep-alive, a connection pool): nothing else lowers the number of ports it needs.';

export const WIDEN_POOL =
  'Widen the pool. Windows: `netsh int ipv4 set dynamicport tcp start=10000 num=55536`. ' +
  'Linux: `sysctl -w net.ipv4.ip_local_port_range="10000 65535"`. Keep listeners out of it.';

export const SHORTEN_TIME_WAIT =
  'Only then shorten TIME_WAIT. Windows: `reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters ' +
  '/v TcpTimedWaitDelay /t REG_DWORD /d 30 /f`, then restart. Linux: its 60 s are fixed; `sysctl -w net.ipv4.tcp_tw_reuse=1`.';

export const TIME_WAIT_ASSUMED =
  'Read TIME_WAIT. Windows: `reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters /v TcpTimedWaitDelay` ' +
  '(absent means the default). Linux: always 60 s. Then analyse again with `--time-wait SECONDS`.';

export const CAPTURE_LOOPBACK =
  'Capture loopback too. Windows: install Npcap with its loopback adapter, then `dumpcap -s 128 -f tcp -i <nic> -i "Adapter for loopback traffic capture" ' +
  '-b filesize:500000 -b files:40 -w C:\\cap\\p.pcapng`. Linux: `dumpcap -s 128 -f tcp -i any -b filesize:500000 -b files:40 -w /var/tmp/p.pcapng`.';

export const COUNT_BY_PROCESS =
  'Count the ports by process. Windows (PowerShell): `Get-NetTCPConnection | Group-Object State,OwningProcess | Sort-Object Count -Descending | ' +
  "Select-Object -First 20 Count,Name`. Linux: `ss -tanp | awk '{print $1,$NF}' | sort | uniq -c | sort -rn | head -20`.";

export const COUNT_BOUND =
  'Look for ports that are held without a connection, twice, 5 minutes apart. Windows (PowerShell): `Get-NetTCPConnection -State Bound | ' +
  'Group-Object OwningProcess | Sort-Object Count -Descending`, or `netstat -anoq`. Linux: `ss -tanpB` (iproute2 6.9 and newer).';

export const POOL_MEMORY =
  'Look at the non-paged pool of AFD. Windows: `poolmon /iAfd*` (tags AfdP and AfdB), and event 2019 in the System log.';

export const RECORD_EVENTS =
  'Note when the error comes. Windows: `wevtutil qe System "/q:*[System[Provider[@Name=\'Tcpip\'] and (EventID=4227 or EventID=4231 or EventID=4266)]]" ' +
  "/f:xml > events.xml`. Linux: the application's own log. Then analyse again with `--evidence events.xml`.";

export const RECORD_SOCKETS =
  'Record the list of sockets beside the capture, twice, 5 minutes apart, with its time. Windows: `(echo %date% %time% & netstat -anoq) >> netstat.txt`. ' +
  'Linux: `(date -Is; ss -tanp) >> ss.txt`. Then analyse again with `--evidence FILE --utc-offset +HH:MM`.';

/** A ring of files from the start of the host until the error, with what the packets do not show beside it. */
export const CAPTURE_AGAIN =
  'Capture again at the client, both directions, whole TCP headers, from the start of the host until the error: ' +
  '`dumpcap -s 128 -f tcp -i <nic> -i "Adapter for loopback traffic capture" -b filesize:500000 -b files:40 -w C:\\cap\\p.pcapng` ' +
  '(Linux: `dumpcap -s 128 -f tcp -i any -b filesize:500000 -b files:40 -w /var/tmp/p.pcapng`). ' +
  'Beside it, once a minute: `netstat -anoq` (Linux: `ss -tanp`) and `netstat -s -p tcp`.';

/** Rows of the host's own table for one remote: which process holds the connections, and in which state. */
export function whoHolds(remote: Endpoint, windowsState: string, linuxState: string): string {
  return (
    `Find the process. Windows (PowerShell): \`Get-NetTCPConnection -State ${windowsState} -RemoteAddress ${remote.address} ` +
    `-RemotePort ${remote.port} | Group-Object OwningProcess\`. Linux: \`ss -tnp state ${linuxState} dst ${linuxEndpoint(remote)}\`.`
  );
}

/** Whether the remote can be reached at all, and whether another one can. */
export function testReach(remote: Endpoint): string {
  return (
    `Test from the client while it fails. Windows (PowerShell): \`Test-NetConnection ${remote.address} -Port ${remote.port}\`. ` +
    `Linux: \`nc -vz -w 3 ${remote.address} ${remote.port}\`. Then the same towards another server: if that fails too, it is the client.`
  );
}

/** A shell would take the brackets for a pattern. */
function linuxEndpoint(remote: Endpoint): string {
  return remote.address.includes(':') ? `'${endpointText(remote)}'` : endpointText(remote);
}
