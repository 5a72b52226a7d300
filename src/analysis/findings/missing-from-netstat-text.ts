/** The words of `missing-from-netstat`. */
import { portsForFilter, sessionFilter } from './display-filter.ts';
import { type Confidence, type Entry, MAX_FRAMES } from './judgement.ts';
import { type Compared, NETSTAT } from './missing-from-netstat.ts';
import { COUNT_BOUND, RECORD_SOCKETS } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, localPortOf, localPortsOf, remoteOf, type Scene } from './scene.ts';
import { fitting, list, paragraph, plural } from './words.ts';

const OLD_NETSTAT =
  'Whether the stack lost them: before Windows 10 and Server 2012 R2 with KB3123245 netstat and Get-NetTCPConnection leave connections out by themselves.';

const TIME_ASSUMED = 'The time of a snapshot was assumed: give --utc-offset, or a line with date and time before it.';

export function missingText(
  scene: Scene,
  client: number,
  usable: readonly Compared[],
  missing: readonly number[],
  confidence: Confidence,
): Entry {
  const { ledger } = scene;
  const from = clientText(scene, client);
  const ports = localPortsOf(ledger, missing);
  const timeAssumed = usable.some(({ snapshot }) => !snapshot.timeKnown);
  return {
    confidence: timeAssumed && confidence === 'high' ? 'medium' : confidence,
    title: `${plural(missing.length, 'session')} of ${from} open on the wire, unknown to the host's list of sockets`,
    explanation: paragraph([missingPortsText(scene, missing), ...usable.map(compareText)]),
    numbers: { missing: missing.length, ...figures(usable) },
    thresholds: { ...NETSTAT },
    localPorts: ports,
    frames: missing.slice(0, MAX_FRAMES).map((row) => firstFrameOf(ledger, row)),
    lines: usable.map(({ snapshot: { source } }) => ({ file: source.file, line: source.line })),
    from: Math.min(...missing.map((row) => ledger.sessions.start[row]!)),
    to: Math.max(...usable.map(({ snapshot }) => snapshot.at)),
    displayFilter: sessionFilter(from, null, portsForFilter(ledger, missing, ports)),
    cannotConclude: timeAssumed ? [OLD_NETSTAT, TIME_ASSUMED] : [OLD_NETSTAT],
    nextSteps: [RECORD_SOCKETS, COUNT_BOUND],
  };
}

function missingPortsText(scene: Scene, missing: readonly number[]): string {
  const { ledger } = scene;
  const named = missing.map((row) => {
    const remote = remoteOf(scene, ledger.targetOf[row]!);
    return `${localPortOf(ledger, row)} to ${endpointText(remote)}`;
  });
  return `Local port ${list(named, 8)}: established in the capture, without FIN or RST before the snapshot, and in no row of it.`;
}

function figures(usable: readonly Compared[]) {
  return {
    snapshots: usable.length,
    expected: usable.map(({ expected }) => expected),
    missingBySnapshot: usable.map(({ missing }) => missing.length),
    heldAfterClose: usable.reduce((sum, { heldAfterClose }) => sum + heldAfterClose, 0),
  };
}

function compareText({ snapshot, expected, missing, heldAfterClose }: Compared): string {
  const held =
    heldAfterClose > 0
      ? `; ${plural(heldAfterClose, 'row')} ${fitting(heldAfterClose, 'shows a session that was', 'show sessions that were')} closed on the wire (the capture missed something, or the socket is held)`
      : '';
  return `${snapshot.source.file}, line ${snapshot.source.line}: ${missing.length} of ${plural(expected, 'session')} missing${held}.`;
}

export function noneMissingText(
  scene: Scene,
  client: number,
  compared: readonly Compared[],
  usable: readonly Compared[],
): Entry {
  const from = clientText(scene, client);
  const expected = usable.reduce((sum, one) => sum + one.expected, 0);
  return {
    confidence: expected > 0 ? 'high' : 'low',
    title:
      expected > 0
        ? `The host's list of sockets knows every session of ${from} that must be in it`
        : `Whether the host's list of sockets misses sessions of ${from} is open`,
    explanation: whyNone(scene, compared, usable, expected),
    numbers: { snapshots: compared.length, usableSnapshots: usable.length, expected, smallestEffectSessions: 1 },
    thresholds: { ...NETSTAT },
    nextSteps: expected > 0 ? [] : [RECORD_SOCKETS],
  };
}

function whyNone(scene: Scene, compared: readonly Compared[], usable: readonly Compared[], expected: number): string {
  if (expected > 0)
    return `${plural(expected, 'session')} open at the time of a snapshot ${fitting(expected, 'was', 'were all')} in it. A single missing one would have been named.`;
  if (compared.length === 0) return 'No list of sockets of this host was given.';
  if (scene.quality.grade !== 'A') return 'The capture is not complete enough to say that a session was not closed.';
  if (usable.length === 0)
    return 'The list has no listeners, rows that could not be read, or a time that does not fit the capture.';
  return 'No session was open and quiet at the time of a snapshot.';
}
