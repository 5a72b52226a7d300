/** The words of `loopback-blind-spot`. */
import type { SocketRow } from '../../contract/evidence.ts';
import type { Endpoint } from '../../contract/report.ts';
import { processText } from './holders.ts';
import type { Entry } from './judgement.ts';
import { BLIND_SPOT, type BlindSpot } from './loopback-blind-spot.ts';
import { CAPTURE_LOOPBACK, COUNT_BY_PROCESS } from './next-steps.ts';
import { endpointText, type Scene } from './scene.ts';
import { countBy, fitting, list, paragraph, plural } from './words.ts';

const WHY =
  'Windows passes connections within the host inside tcpip.sys: they never reach the network card, so this capture cannot show them, yet they take their local ports from the same pool.';

export function blindSpotText(scene: Scene, client: number | null, spot: BlindSpot): Entry {
  const endpoints = uniqueEndpoints(spot);
  const loopback = spot.snapshot?.loopback ?? [];
  const usable = client === null ? null : scene.ledger.pool(client).usable;
  return {
    confidence: spot.named.length > 0 || spot.unseen !== null ? 'high' : 'medium',
    title: titleOf(spot, endpoints),
    explanation: paragraph([
      ...namedText(scene, spot, endpoints),
      ...snapshotText(spot, usable),
      ...unseenText(spot),
      WHY,
      'What fills the pool there, or refuses there, is not judged by this report.',
    ]),
    numbers: {
      eventsNamingLoopback: spot.named.length,
      endpoints: endpoints.map(endpointText),
      loopbackPorts: spot.portsTaken,
      poolUsable: usable,
      byRemotePort: countBy(loopback, remoteText),
      byProcess: countBy(loopback, ({ pid, process }) => processText(pid, process)),
      activeOpens: spot.unseen?.opens ?? null,
      attemptsSeen: spot.unseen?.seen ?? null,
    },
    thresholds: { ...BLIND_SPOT },
    localPorts: [...new Set(loopback.map((row) => row.localPort!))].sort((one, other) => one - other),
    lines: linesOf(spot),
    from: spot.named[0]?.event.at ?? Number.NaN,
    to: spot.named.at(-1)?.event.at ?? Number.NaN,
    cannotConclude: ['Whether loopback connections used up the pool: none of them is in the capture.'],
    nextSteps: [CAPTURE_LOOPBACK, ...endpoints.slice(0, 3).map(lookAt), COUNT_BY_PROCESS],
  };
}

function titleOf({ named, portsTaken, unseen }: BlindSpot, endpoints: readonly Endpoint[]): string {
  if (named.length > 0) {
    return `An error names ${list(endpoints.map(endpointText), 3)}: a connection within the host, which this capture cannot show`;
  }
  if (unseen !== null) return `The host opened ${unseen.opens - unseen.seen} connections that are not in the capture`;
  return `${plural(portsTaken, 'local port')} ${fitting(portsTaken, 'was', 'were')} taken by connections within the host, which this capture cannot show`;
}

function namedText(scene: Scene, { named }: BlindSpot, endpoints: readonly Endpoint[]): string[] {
  if (named.length === 0) return [];
  const first = scene.ledger.timeline.text(named[0]!.event.at);
  return [
    `${plural(named.length, 'error')} (${named.length === 1 ? '' : 'the first '}at ${first}) named ${list(endpoints.map(endpointText), 3)}.`,
  ];
}

function snapshotText({ snapshot, portsTaken }: BlindSpot, usable: number | null): string[] {
  if (snapshot === null || portsTaken === 0) return [];
  const of = usable === null ? '' : ` of a pool of ${usable}`;
  return [`${snapshot.source.file} lists loopback connections on ${plural(portsTaken, 'local port')}${of}.`];
}

function unseenText({ unseen }: BlindSpot): string[] {
  if (unseen === null) return [];
  return [
    `Between two counts the host opened ${unseen.opens} connections (Active Opens), and the capture has ${plural(unseen.seen, 'attempt')}: the others went by loopback, another interface, or were lost.`,
  ];
}

function remoteText({ remoteAddress, remotePort }: SocketRow): string {
  return endpointText({ address: remoteAddress!, port: remotePort ?? 0 });
}

function uniqueEndpoints({ named }: BlindSpot): Endpoint[] {
  const byText = new Map(named.flatMap(({ endpoints }) => endpoints.map((one) => [endpointText(one), one] as const)));
  return [...byText.values()];
}

function linesOf({ named, snapshot, unseen }: BlindSpot) {
  return [
    ...named.flatMap(({ event }) => event.place ?? []),
    ...(snapshot?.loopback.slice(0, 5).map(({ line }) => ({ file: snapshot.source.file, line })) ?? []),
    ...(unseen === null ? [] : [unseen.first, unseen.last].map(({ file, line }) => ({ file, line }))),
  ];
}

function lookAt(endpoint: Endpoint): string {
  const { address, port } = endpoint;
  return (
    `Look at ${endpointText(endpoint)} on the host. Windows (PowerShell): \`Get-NetTCPConnection -RemoteAddress ${address} -RemotePort ${port} | ` +
    `Group-Object State,OwningProcess; netstat -ano | findstr ":${port} "\`. Linux: \`ss -tanp dst ${endpointText(endpoint)}\`.`
  );
}

export function noBlindSpotText(scene: Scene): Entry {
  return scene.loopbackSeen
    ? {
        confidence: 'high',
        title: 'Loopback traffic is in the capture',
        explanation: 'An interface of it, or an address in it, is that of the host itself.',
        thresholds: { ...BLIND_SPOT },
      }
    : {
        confidence: 'low',
        title: 'Whether connections within the host matter is open',
        explanation: `${WHY} No error that names a loopback address, no list of sockets and no counts of the host tell how many there are.`,
        thresholds: { ...BLIND_SPOT },
        cannotConclude: ['How many ports connections within the host take.'],
        nextSteps: [COUNT_BY_PROCESS, CAPTURE_LOOPBACK],
      };
}
