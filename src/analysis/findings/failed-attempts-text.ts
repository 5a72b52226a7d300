/** The words of `unanswered-attempts` and `refused-attempts`. */
import type { Endpoint } from '../../contract/report.ts';
import { synCopiesOf } from '../session/sessions.ts';
import { portsForFilter, synFilter } from './display-filter.ts';
import { FAILURES, type FailureCode, type Failures, type FailureWindow, isProvable } from './failed-attempts.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { testReach } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, localPortsOf, remoteOf, type Scene } from './scene.ts';
import { fitting, paragraph, percent, plural } from './words.ts';

const WAYS: Record<FailureCode, { verb: string; one: string; meaning: string; limit: string }> = {
  'unanswered-attempts': {
    verb: 'got no answer',
    one: 'was left without an answer',
    meaning:
      'SYNs left the client, so it had local ports to send them from: the fault lies on the way or at the remote (filter, route, host down, backlog full).',
    limit: 'Where the SYN was lost: capture at the remote too. ICMP answers are counted with silence.',
  },
  'refused-attempts': {
    verb: 'were refused',
    one: 'was refused',
    meaning:
      'The remote, or a firewall in its name, answered the SYN with a RST: no program listens there, or a rule rejects it. Local ports are not the reason.',
    limit:
      'Whether the RST came from the remote itself or from a firewall in its name: compare its TTL with that of other answers.',
  },
};

export function failedText(
  scene: Scene,
  client: number,
  target: number,
  failures: Failures,
  worst: FailureWindow,
): Entry {
  const { ledger } = scene;
  const { code, failed, judged } = failures;
  const remote = remoteOf(scene, target);
  const from = clientText(scene, client);
  const ports = localPortsOf(ledger, failed);
  return {
    confidence: 'high',
    title: `${failed.length} of ${plural(judged, 'attempt')} from ${from} to ${endpointText(remote)} ${WAYS[code].verb}`,
    explanation: paragraph([worstText(scene, worst), synText(scene, failures), WAYS[code].meaning]),
    numbers: {
      ...counts(failures),
      worstFailed: worst.failed,
      worstAttempts: worst.attempts,
      ...synFigures(scene, failed),
    },
    thresholds: thresholds(),
    localPorts: ports,
    frames: failed.slice(0, MAX_FRAMES).map((row) => firstFrameOf(ledger, row)),
    from: ledger.sessions.start[failed[0]!]!,
    to: ledger.sessions.end[failed.at(-1)!]!,
    displayFilter: synFilter(from, remote, portsForFilter(ledger, failed, ports)),
    cannotConclude: [WAYS[code].limit],
    nextSteps: [testReach(remote), listensThere(remote)],
  };
}

export function noFailureText(scene: Scene, client: number, failures: Failures, excluded: boolean): Entry {
  const { code, failed, judged } = failures;
  const from = clientText(scene, client);
  return {
    confidence: failed.length === 0 ? 'high' : 'medium',
    title: excluded
      ? `No attempt from ${from} ${WAYS[code].one}`
      : `Whether attempts from ${from} ${WAYS[code].verb} in numbers that matter is open`,
    explanation: paragraph([
      `${failed.length} of ${plural(judged, 'attempt')} ${fitting(failed.length, WAYS[code].one, WAYS[code].verb)}.`,
      isProvable(scene, code)
        ? `${FAILURES.minFailed} towards one remote within ${FAILURES.windowSeconds / 60} minutes, if they are ${percent(FAILURES.minShare)} of its attempts, would have been named.`
        : 'The capture is too incomplete to tell silence from lost packets.',
    ]),
    numbers: { ...counts(failures), smallestEffectAttempts: FAILURES.minFailed },
    thresholds: thresholds(),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: [WAYS[code].limit],
  };
}

function worstText({ ledger }: Scene, { to, failed, attempts }: FailureWindow): string {
  return `In the worst ${FAILURES.windowSeconds / 60} minutes, up to ${ledger.timeline.text(to)}, ${failed} of ${attempts} failed (${percent(failed / attempts)}).`;
}

function listensThere({ port }: Endpoint): string {
  return `On the remote: is a program listening? Windows: \`netstat -ano | findstr ":${port} "\`. Linux: \`ss -tlnp sport = :${port}\`.`;
}

function synText(scene: Scene, { code, failed }: Failures): string {
  const { synPackets, repeats } = synFigures(scene, failed);
  const kind = code === 'refused-attempts' ? plural(repeats, 'repeat') : plural(repeats, 'retransmission');
  return `${plural(synPackets, 'SYN frame')} ${fitting(synPackets, 'is', 'are')} ${plural(failed.length, 'attempt')} (${kind}).`;
}

function counts({ failed, judged, pending }: Failures) {
  return { failed: failed.length, attempts: judged, pending };
}

function synFigures({ ledger: { sessions } }: Scene, failed: readonly number[]) {
  let synPackets = 0;
  for (const row of failed) synPackets += sessions.synPackets[row]! - synCopiesOf(sessions.facts[row]!);
  return { synPackets, repeats: synPackets - failed.length };
}

function thresholds() {
  return { windowSeconds: FAILURES.windowSeconds, minFailed: FAILURES.minFailed, minShare: FAILURES.minShare };
}
