/** The words of `reuse-in-time-wait`: a port was used again too soon. */
import { countOf } from '../ledger/rows.ts';
import { outcomeOf } from '../session/sessions.ts';
import { portsForFilter, synFilter } from './display-filter.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { POOL_CONNECTIONS, RECORD_EVENTS, WIDEN_POOL, whoHolds } from './next-steps.ts';
import { gapsByAnswer, smallestGap } from './reuse-gaps.ts';
import type { FoundReuses, ReuseKind } from './reuse-in-time-wait.ts';
import { REUSE } from './reuse-tally.ts';
import { clientText, endpointText, firstFrameOf, localPortsOf, remoteOf, type Scene } from './scene.ts';
import { duration, fitting, paragraph, plural, rounded } from './words.ts';

export const EVENT_UNSEEN =
  'Whether event 4227 was logged for one of these: the stack refuses such a connection before it sends anything. These are its neighbours.';

export function reuseText(scene: Scene, client: number, found: FoundReuses): Entry {
  const { ledger } = scene;
  const { target, kind, rows } = found;
  const remote = remoteOf(scene, target);
  const from = clientText(scene, client);
  const ports = localPortsOf(ledger, rows);
  return {
    confidence: found.confidence,
    title: titleOf(kind, from, endpointText(remote), rows.length),
    explanation: paragraph([...storyOf(scene, kind, rows), ...othersOf(found), gapText(scene, rows)]),
    numbers: figures(scene, found),
    thresholds: reuseThresholds(scene),
    localPorts: ports,
    frames: rows.slice(0, MAX_FRAMES).map((row) => firstFrameOf(ledger, row)),
    from: ledger.sessions.start[rows[0]!]!,
    to: ledger.sessions.start[rows.at(-1)!]!,
    displayFilter: synFilter(from, remote, portsForFilter(ledger, rows, ports)),
    cannotConclude: [EVENT_UNSEEN, ...limitsOf(scene, kind)],
    nextSteps: stepsOf(scene, kind, from, target),
  };
}

function titleOf(kind: ReuseKind, client: string, remote: string, count: number): string {
  const times = count === 1 ? 'once' : `${count} times`;
  switch (kind) {
    case 'challenged':
      return `${remote} still held the earlier session when ${client} used a port again (${times})`;
    case 'dropped':
      return `${fitting(count, 'A port', 'Ports')} that ${client} used again towards ${remote} stayed without an answer (${times})`;
    case 'refused':
      return `${fitting(count, 'A port', 'Ports')} that ${client} used again towards ${remote} ${fitting(count, 'was', 'were')} refused (${times})`;
    case 'bypass':
      return `${client} used ${fitting(count, 'a local port', 'local ports')} again towards ${remote} without waiting for its TIME_WAIT (${times})`;
    case 'inside-remote':
      return `${client} used ${fitting(count, 'a port', 'ports')} again within the TIME_WAIT of ${remote}, which let it through (${times})`;
  }
}

function storyOf(scene: Scene, kind: ReuseKind, rows: readonly number[]): string[] {
  const established = countEstablished(scene, rows);
  switch (kind) {
    case 'challenged':
      return [
        `The remote answered ${plural(rows.length, 'SYN')} on a port used before with an acknowledgment of the earlier session (challenge ACK, RFC 5961) instead of a SYN-ACK.`,
        'Either the client lost that session without closing it, or the remote holds it longer than the client does.',
        establishedText(established, rows.length),
      ];
    case 'dropped':
      return [
        `${plural(rows.length, 'reuse')} got no answer within ${REUSE.answerSeconds} s, more than first uses of a port did: a firewall or NAT on the way still knows the earlier session and drops the SYN.`,
      ];
    case 'refused':
      return [
        `${plural(rows.length, 'reuse')} ${fitting(rows.length, 'was', 'were')} answered by RST, more than first uses of a port were: something remembers the earlier session.`,
      ];
    case 'bypass':
      return [
        'The client closed first, so its own TIME_WAIT should have kept the port.',
        'Its stack lets ports out earlier (auto-reuse range on Windows, tcp_tw_reuse on Linux, SO_REUSEADDR with a bound port), or a NAT stands between it and the capture.',
      ];
    case 'inside-remote':
      return [
        'The remote closed first, so TIME_WAIT stood there, and it accepted the new connection: harmless as long as it does.',
      ];
  }
}

function establishedText(established: number, of: number): string {
  if (of === 1) return `The attempt was ${established === 1 ? '' : 'not '}established in the end.`;
  return `${established} of these attempts ${fitting(established, 'was', 'were')} established in the end.`;
}

function othersOf({ tally, kind }: FoundReuses): string[] {
  const others: string[] = [];
  if (kind !== 'bypass' && tally.bypassed.length > 0)
    others.push(`${plural(tally.bypassed.length, 'further reuse')} bypassed the client's own TIME_WAIT.`);
  if (kind !== 'inside-remote' && tally.insideRemote.length > 0) {
    others.push(`${plural(tally.insideRemote.length, 'further reuse')} fell into the remote's TIME_WAIT.`);
  }
  return others;
}

function gapText(scene: Scene, rows: readonly number[]): string {
  const gap = smallestGap(scene.ledger, rows);
  if (Number.isNaN(gap)) return 'The earlier sessions had not been closed in the capture, so there is no gap.';
  return `The shortest gap between the close and the new SYN was ${duration(gap)}.`;
}

function limitsOf(scene: Scene, kind: ReuseKind): string[] {
  const limits: string[] = [];
  if (scene.flagsOnly) limits.push('Challenge ACKs: the capture holds no bare acknowledgments.');
  if (kind === 'inside-remote') limits.push('How long the TIME_WAIT of the remote is: the given one was assumed.');
  if (kind === 'dropped' || kind === 'refused')
    limits.push('Which device on the way dropped or refused the SYN: capture on both sides of it.');
  return limits;
}

function stepsOf(scene: Scene, kind: ReuseKind, client: string, target: number): string[] {
  switch (kind) {
    case 'challenged':
      return [
        `On the remote, look for sessions of this client that it still holds. Windows: \`netstat -ano | findstr ${client}\`. Linux: \`ss -tnpo dst ${client}\`. Turn TCP keep-alive on there.`,
        whoHolds(remoteOf(scene, target), 'Established,CloseWait', 'connected'),
        POOL_CONNECTIONS,
      ];
    case 'dropped':
    case 'refused':
      return [
        'Compare the session timeouts of firewalls and NAT on the way with the TIME_WAIT of the client; they must not be longer.',
        WIDEN_POOL,
        POOL_CONNECTIONS,
      ];
    case 'bypass':
      return [
        'Windows (PowerShell): `Get-NetTCPSetting | Select-Object SettingName,AutoReusePortRange*`. Linux: `sysctl net.ipv4.tcp_tw_reuse`. Look for SO_REUSEADDR or SO_REUSE_UNICASTPORT in the application.',
        POOL_CONNECTIONS,
        WIDEN_POOL,
      ];
    case 'inside-remote':
      return ['Nothing to do while all of them are accepted.', RECORD_EVENTS];
  }
}

function figures(scene: Scene, { tally, rows }: FoundReuses) {
  return {
    reuses: countOf(tally.all),
    bypassed: tally.bypassed.length,
    insideRemoteTimeWait: tally.insideRemote.length,
    overOpenSession: tally.overOpen.length,
    challenged: tally.challenged.length,
    silent: tally.silent.length,
    refused: tally.refused.length,
    silentChance: rounded(tally.silentChance),
    refusedChance: rounded(tally.refusedChance),
    established: countEstablished(scene, rows),
    minGapSeconds: rounded(smallestGap(scene.ledger, rows)),
    gapsByAnswer: gapsByAnswer(scene.ledger, [tally.all]),
  };
}

function countEstablished({ ledger }: Scene, rows: readonly number[]): number {
  return rows.filter((row) => outcomeOf(ledger.sessions.facts[row]!) === 'established').length;
}

export function reuseThresholds({ ledger }: Scene) {
  const { timeWaitSeconds } = ledger.options;
  return {
    bypassBelowSeconds: Math.min(REUSE.bypassSeconds, timeWaitSeconds),
    remoteTimeWaitSeconds: timeWaitSeconds,
    minDropped: REUSE.minDropped,
    maxChance: REUSE.maxChance,
  };
}
