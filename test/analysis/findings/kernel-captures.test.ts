/** The diagnosis of real captures, held against what is known to have happened in them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Diagnosis, diagnose } from '../../../src/analysis/findings/judge.ts';
import type { Finding, FindingCode } from '../../../src/contract/report.ts';
import { type KernelCapture, kernelCaptures, type TrueClient, type Truth } from '../../kernel-captures.ts';
import { inputOf } from './capture-input.ts';

/** What a label must come out as: a finding for that client and remote, and the code of the summary. */
interface Expected {
  readonly code: FindingCode | null;
  /** The faulty remote is named, or the finding is host-wide, or any of several remotes is meant. */
  readonly where: 'faulty-remote' | 'host' | 'any';
  readonly summary: readonly string[];
}

const EXPECTED: Record<string, Expected> = {
  close_wait_leak: { code: 'half-closed-sessions', where: 'faulty-remote', summary: ['half-closed-sessions'] },
  exhaustion_one_remote: { code: 'port-exhaustion', where: 'faulty-remote', summary: ['port-exhaustion'] },
  exhaustion_whole_host: { code: 'port-exhaustion', where: 'host', summary: ['port-exhaustion'] },
  healthy: { code: null, where: 'any', summary: ['no-port-problem'] },
  lost_ports: { code: 'lost-ports', where: 'host', summary: ['lost-ports'] },
  leak_never_closed: { code: 'sessions-never-closed', where: 'faulty-remote', summary: ['sessions-never-closed'] },
  connect_failures_not_ports: {
    code: 'unanswered-attempts',
    where: 'any',
    summary: ['unanswered-attempts', 'refused-attempts'],
  },
  reuse_inside_server_time_wait: { code: 'reuse-in-time-wait', where: 'faulty-remote', summary: ['no-port-problem'] },
  reuse_inside_time_wait: { code: 'reuse-in-time-wait', where: 'faulty-remote', summary: ['reuse-in-time-wait'] },
  reuse_while_peer_established: { code: 'reuse-in-time-wait', where: 'faulty-remote', summary: ['reuse-in-time-wait'] },
  reuse_right_after_60s_time_wait: { code: null, where: 'any', summary: ['no-port-problem'] },
  stall_whole_host: { code: 'attempts-stalled-host', where: 'host', summary: ['attempts-stalled-host'] },
};

/** The truth files' words for what must not be said (README of the captures). */
const ACCUSATIONS: Record<string, (finding: Finding, run: Truth) => boolean> = {
  leak: ({ code }) => code === 'sessions-never-closed' || code === 'half-closed-sessions',
  leak_never_closed: ({ code }) => code === 'sessions-never-closed',
  exhaustion: ({ code }) => code === 'port-exhaustion',
  exhaustion_one_remote: ({ code, remote }) => code === 'port-exhaustion' && remote !== null,
  exhaustion_by_time_wait: ({ code, evidence: { numbers } }) =>
    code === 'port-exhaustion' && Number(numbers.timeWait) > Number(numbers.open) + Number(numbers.halfClosed),
  stall: ({ code }) => code.startsWith('attempts-stalled'),
  stall_whole_host: ({ code }) => code === 'attempts-stalled-host',
  stall_one_remote: ({ code }) => code === 'attempts-stalled-remote',
  blackhole: ({ code }) => code === 'unanswered-attempts',
  reuse_inside_time_wait: ({ code }) => code === 'reuse-in-time-wait',
  lost_ports: ({ code }) => code === 'lost-ports',
  server_fault: () => false,
};

const MAY_LACK_FRAMES: readonly FindingCode[] = [
  'capture-quality',
  'refused-locally',
  'loopback-blind-spot',
  'missing-from-netstat',
  'bound-ports-leaked',
];

for (const capture of kernelCaptures()) {
  const run = guiltyRun(capture);
  for (const timeWaitSeconds of [run.linux_time_wait_s, 120]) {
    describe(`${capture.file} with a TIME_WAIT of ${timeWaitSeconds} s`, () => {
      const diagnosis = diagnoseAt(capture, run, timeWaitSeconds);
      const supported = diagnosis.findings.filter(({ verdict }) => verdict === 'supported');
      it('says what happened, of the right client and remote', () => expectLabel(run, diagnosis, supported));
      it('accuses nothing and nobody else', () => expectNoAccusation(capture, run, diagnosis, supported));
      it('has evidence for all that it says', () => supported.forEach(expectEvidence));
    });
  }
}

describe('a smaller TIME_WAIT than assumed', () => {
  it('is read from the reuses and told', () => {
    const capture = kernelCaptures().find(({ name }) => name === 'long_healthy_control')!;
    const { findings } = diagnoseAt(capture, capture.runs[0]!, 120);
    for (const code of ['port-exhaustion', 'reuse-in-time-wait']) {
      const finding = findings.find((one) => one.code === code)!;
      assert.equal(finding.verdict, 'excluded');
      assert.match(finding.explanation, /60 s, not the 120 s assumed: a port came back 63\.6 s after/);
    }
  });
});

function diagnoseAt(capture: KernelCapture, run: Truth, timeWaitSeconds: number): Diagnosis {
  const [first, last] = guiltyOf(run).port_range_in_force;
  return diagnose(inputOf(capture.bytes(), { timeWaitSeconds, portRange: { first, last } }));
}

/** Of a merged capture, the run in which something went wrong. */
function guiltyRun({ runs }: KernelCapture): Truth {
  return runs.find(({ label }) => label !== 'healthy') ?? runs[0]!;
}

function guiltyOf(run: Truth): TrueClient {
  return run.clients.find(({ name }) => name === run.guilty_client?.name) ?? run.clients[0]!;
}

function expectLabel(run: Truth, { summary }: Diagnosis, supported: readonly Finding[]): void {
  const { code, where, summary: summaries } = EXPECTED[run.label]!;
  assert.ok(summaries.includes(summary.code), `summary ${summary.code}`);
  if (code === null) return;
  const remote = where === 'host' ? null : run.faulty_remote && endpointOf(run.faulty_remote);
  const found = supported.filter((one) => one.code === code && one.client === guiltyOf(run).ip);
  assert.ok(
    found.some((one) => where === 'any' || one.remote === remote),
    `${code} for ${remote}: found ${found.map((one) => one.remote).join()}`,
  );
}

/** `10.13.1.1 port 1433` */
function endpointOf(text: string): string {
  return text.replace(' port ', ':');
}

function expectNoAccusation(
  capture: KernelCapture,
  run: Truth,
  diagnosis: Diagnosis,
  supported: readonly Finding[],
): void {
  const innocent = capture.runs.flatMap(({ clients }) => clients).filter(({ ip }) => ip !== guiltyOf(run).ip);
  for (const finding of supported) {
    if (finding.code === 'capture-quality') continue;
    assert.notEqual(run.label, 'healthy', `${finding.code} on a healthy capture: ${finding.title}`);
    assert.ok(
      innocent.every(({ ip }) => ip !== finding.client),
      `${finding.code} for ${finding.client}`,
    );
  }
  for (const word of run.must_not_say ?? []) {
    if (word.startsWith('any fault for')) continue;
    if (word === 'healthy') assert.notEqual(diagnosis.summary.code, 'no-port-problem');
    else
      assert.deepEqual(
        supported.filter((finding) => ACCUSATIONS[word]!(finding, run)).map(({ title }) => title),
        [],
      );
  }
}

function expectEvidence(finding: Finding): void {
  assert.ok(Object.keys(finding.evidence.thresholds).length > 0, `${finding.code} names no threshold`);
  if (MAY_LACK_FRAMES.includes(finding.code)) return;
  assert.ok(finding.evidence.frames.length > 0, `${finding.code} has no frame`);
  assert.ok(finding.evidence.frames.every(({ time }) => time !== null));
  assert.ok(
    finding.evidence.localPorts.length > 0 || finding.code === 'lost-ports',
    `${finding.code} has no local port`,
  );
  assert.ok(finding.displayFilter !== null && finding.nextSteps.length > 0 && finding.cannotConclude.length > 0);
  assert.notEqual(finding.evidence.from, null);
  assert.notEqual(finding.evidence.to, null);
}
