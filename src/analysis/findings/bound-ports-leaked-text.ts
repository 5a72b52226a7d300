/** The words of `bound-ports-leaked`. */
import { SECOND } from '../segment/timeline.ts';
import { BOUND, type BoundPorts } from './bound-ports-leaked.ts';
import { processText } from './holders.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { COUNT_BOUND, RECORD_SOCKETS } from './next-steps.ts';
import { clientText, type Scene } from './scene.ts';
import type { PlacedSnapshot } from './snapshots.ts';
import { countBy, duration, fitting, list, paragraph, plural } from './words.ts';

export function boundText(scene: Scene, client: number | null, { first, last, rows, lost }: BoundPorts): Entry {
  const ports = [...new Set(rows.map((row) => row.localPort!))].sort((one, other) => one - other);
  const byProcess = countBy(rows, ({ pid, process }) => processText(pid, process));
  const seconds = (last.at - first.at) / SECOND;
  const host = client === null ? 'The host' : clientText(scene, client);
  const known = first.timeKnown && last.timeKnown;
  return {
    confidence: known && ports.length >= BOUND.graveCount ? 'high' : 'medium',
    title: `${host} holds ${plural(ports.length, 'local port')} bound without a connection`,
    explanation: paragraph([
      `They stand alone as Bound in every snapshot over ${duration(seconds)}, longer than any TIME_WAIT, and no session of the capture used them.`,
      `By process: ${list(byProcess, 4)}.`,
      lostText(lost.length),
    ]),
    numbers: {
      boundPorts: ports.length,
      byProcess,
      secondsApart: Math.round(seconds),
      lostPortsAmongThem: lost.length,
    },
    thresholds: { ...BOUND },
    localPorts: ports,
    lines: rows.slice(0, MAX_FRAMES).map(({ line }) => ({ file: last.source.file, line })),
    from: first.at,
    to: last.at,
    cannotConclude: [
      'Whether the process means to hold them: a program may bind and wait.',
      ...(known ? [] : ['How far apart the snapshots are, if their times were assumed.']),
    ],
    nextSteps: [
      COUNT_BOUND,
      'Restart that process when it can be: if the ports return, it is the leak. With Windows: handle -a -p <pid> shows its \\Device\\Afd handles. Without a process: drivers (antivirus, firewall, WSL 1), and a full memory dump.',
    ],
  };
}

function lostText(lost: number): string {
  if (lost === 0) return '';
  return `${plural(lost, 'port')} among them ${fitting(lost, 'is one', 'are those')} that stopped being drawn.`;
}

export function noBoundText(shown: readonly PlacedSnapshot[], suspects: number): Entry {
  const excluded = shown.length > 0 && suspects === 0;
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? 'No local port is bound without a connection'
      : 'Whether local ports are held without a connection is open',
    explanation: reasonText(shown, suspects),
    numbers: { snapshotsWithBound: shown.length, boundInOneSnapshot: suspects, smallestEffectPorts: 1 },
    thresholds: { ...BOUND },
    cannotConclude: ['On Windows before 10 and Server 2012 R2 the absence of Bound rows proves nothing (KB3123245).'],
    nextSteps: excluded ? [] : [RECORD_SOCKETS],
  };
}

function reasonText(shown: readonly PlacedSnapshot[], suspects: number): string {
  if (shown.length === 0) {
    return 'No list of sockets with Bound rows was given (netstat -q, Get-NetTCPConnection): such ports leave no packet.';
  }
  if (suspects === 0)
    return 'No snapshot has a Bound row on a port without another row. A single one would have been seen.';
  return `Up to ${plural(suspects, 'port')} stood alone as Bound, but not in snapshots more than ${BOUND.minSecondsApart / 60} minutes apart.`;
}
