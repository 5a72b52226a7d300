/** The words of `half-closed-sessions`. */
import type { Endpoint } from '../../contract/report.ts';
import { portsForFilter, sessionFilter } from './display-filter.ts';
import type { Growth } from './growth.ts';
import { growthFigures, growthText } from './growth-text.ts';
import { HALF_CLOSED, type HalfClosed } from './half-closed-sessions.ts';
import { holdersOf } from './holders.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { CAPTURE_AGAIN, COUNT_BY_PROCESS, whoHolds } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, lastFrameOf, localPortsOf, remoteOf, type Scene } from './scene.ts';
import { holeText } from './sessions-never-closed-text.ts';
import { duration, fitting, paragraph, plural, rounded } from './words.ts';

export function halfClosedText(scene: Scene, client: number, found: HalfClosed, growth: Growth): Entry {
  const { ledger } = scene;
  const { byRemote, byClient, target } = found;
  const remote = remoteOf(scene, target);
  const from = clientText(scene, client);
  const rows = [...byRemote, ...byClient];
  const ports = localPortsOf(ledger, rows);
  const holders = holdersOf(scene, rows);
  const frames = rows.slice(0, MAX_FRAMES / 2).flatMap((row) => [firstFrameOf(ledger, row), lastFrameOf(ledger, row)]);
  return {
    confidence: rows.length >= HALF_CLOSED.manySessions ? 'high' : 'medium',
    title: titleOf(from, endpointText(remote), byRemote.length, byClient.length),
    explanation: paragraph([
      ...sidesText(from, byRemote.length, byClient.length),
      `In each the first FIN is more than ${duration(found.secondsSinceFin)} before the end of the capture.`,
      growthText(growth, ledger.pool(client)),
      holders.sentence,
    ]),
    numbers: {
      halfClosedByRemote: byRemote.length,
      halfClosedByClient: byClient.length,
      judged: found.judged,
      ...growthFigures(growth),
      processes: holders.counts,
    },
    thresholds: { minSessions: HALF_CLOSED.minSessions, minSecondsSinceFin: rounded(found.secondsSinceFin) },
    localPorts: ports,
    frames,
    from: ledger.sessions.closed[rows[0]!]!,
    to: ledger.span.to,
    displayFilter: sessionFilter(from, remote, portsForFilter(ledger, rows, ports)),
    cannotConclude: [
      'That the host still holds these sockets: netstat or ss on the host tells.',
      'tcp.completeness in Wireshark does not find them: a FIN of either side counts as complete there.',
    ],
    nextSteps: byRemote.length >= byClient.length ? stepsAtClient(remote) : stepsAtRemote(remote),
  };
}

function stepsAtClient(remote: Endpoint): string[] {
  return [
    whoHolds(remote, 'CloseWait', 'close-wait'),
    'In that program, close the socket when the read returns 0 bytes, on the error path too; restarting it frees the ports until then.',
  ];
}

function stepsAtRemote(remote: Endpoint): string[] {
  return [
    whoHolds(remote, 'FinWait2', 'fin-wait-2'),
    'On the remote, find the program that keeps its half open. Windows: `netstat -ano | findstr CLOSE_WAIT`. Linux: `ss -tnp state close-wait`.',
  ];
}

function sidesText(client: string, byRemote: number, byClient: number): string[] {
  const sides: string[] = [];
  if (byRemote > 0) {
    sides.push(
      `${plural(byRemote, 'session')}: the remote sent FIN, ${client} never sent its own (CLOSE_WAIT). The program on the client does not close its sockets, and each holds its port without limit.`,
    );
  }
  if (byClient > 0) {
    sides.push(
      `${plural(byClient, 'session')}: ${client} sent FIN, the remote never sent its own (FIN_WAIT_2). The server does not close; Windows frees such ports after minutes, when the program has let go of the socket.`,
    );
  }
  return sides;
}

function titleOf(client: string, remote: string, byRemote: number, byClient: number): string {
  if (byRemote >= byClient)
    return `${client} leaves ${plural(byRemote, 'session')} half-closed that ${remote} had ended (CLOSE_WAIT)`;
  return `${remote} leaves ${plural(byClient, 'session')} half-closed that ${client} had ended (FIN_WAIT_2)`;
}

export function noHalfClosedText(
  scene: Scene,
  client: number,
  { suspects, inHole, judged, excluded }: { suspects: number; inHole: number; judged: number; excluded: boolean },
): Entry {
  const from = clientText(scene, client);
  const reason =
    scene.quality.grade === 'C'
      ? 'The capture is too incomplete to conclude from a missing FIN.'
      : `${HALF_CLOSED.minSessions} towards one remote, beyond what the capture may have missed and later than its sessions are closed, would have been named.`;
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? `No session of ${from} stays half-closed`
      : `Whether sessions of ${from} stay half-closed is open`,
    explanation: paragraph([
      `Of ${plural(judged, 'session')} with a FIN or RST more than ${HALF_CLOSED.minSecondsSinceFin} s before the end, ${suspects} ${fitting(suspects, 'lacks', 'lack')} the other side's.`,
      holeText(inHole),
      reason,
    ]),
    numbers: { judged, halfClosed: suspects, inHole, smallestEffectSessions: HALF_CLOSED.minSessions },
    thresholds: { minSessions: HALF_CLOSED.minSessions, minSecondsSinceFin: HALF_CLOSED.minSecondsSinceFin },
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    nextSteps: excluded ? [] : [COUNT_BY_PROCESS, CAPTURE_AGAIN],
  };
}
