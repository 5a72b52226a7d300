import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareJudgements, diagnose } from '../../../src/analysis/findings/judge.ts';
import { DECIDES, type Judgement, type Severity } from '../../../src/analysis/findings/judgement.ts';
import { reportedClients, type Scene } from '../../../src/analysis/findings/scene.ts';
import { summarise } from '../../../src/analysis/findings/summary.ts';
import type { FindingCode, Summary } from '../../../src/contract/report.ts';
import type { SessionSpec } from '../session-builder.ts';
import { type CaseSpec, caseOf, event } from './scene-builder.ts';

interface Parts {
  client?: number;
  target?: number | null;
  size?: number;
  held?: number;
  severity?: Severity;
}

function found(
  code: FindingCode,
  decides: number,
  { client = 0, target = 0, size = 10, held = 0, severity = 'warning' }: Parts = {},
): Judgement {
  return {
    code,
    verdict: 'supported',
    severity,
    client,
    target,
    size,
    decides,
    held,
    write: () => ({
      code,
      verdict: 'supported',
      severity,
      confidence: 'high',
      client: '10.1.1.10',
      remote: null,
      title: `${code} of ${size}`,
      explanation: 'Why.',
      evidence: { numbers: {}, thresholds: {}, localPorts: [], localPortsTotal: 0, frames: [], from: null, to: null },
      displayFilter: null,
      cannotConclude: [],
      nextSteps: ['Do this.'],
    }),
  };
}

function decide(judgements: readonly Judgement[], spec: Partial<CaseSpec> = {}): Summary {
  const input = caseOf({ sessions: [{ localPort: 50_000, start: 1, closed: 2 }], ...spec });
  const quality = diagnose(input).quality;
  const scene: Scene = {
    ...input,
    quality,
    clients: reportedClients(input.ledger),
    holes: [],
    lostShare: 0,
    events: [],
    snapshots: [],
    filtered: false,
    loopbackSeen: false,
  };
  return summarise(scene, judgements.toSorted(compareJudgements));
}

const EXHAUSTION = (held: number, target: number | null = 0) =>
  found('port-exhaustion', DECIDES.portExhaustion, { size: 100, held, target });

describe('the decisive finding', () => {
  it('is the first in the order of places, whatever its size', () => {
    const places: [FindingCode, number][] = [
      ['port-exhaustion', DECIDES.portExhaustion],
      ['sessions-never-closed', DECIDES.largeLeak],
      ['lost-ports', DECIDES.lostPorts],
      ['attempts-stalled-host', DECIDES.stalledHost],
      ['bound-ports-leaked', DECIDES.netstat],
      ['reuse-in-time-wait', DECIDES.harmfulReuse],
      ['attempts-stalled-remote', DECIDES.stalledRemote],
      ['loopback-blind-spot', DECIDES.blindSpot],
      ['half-closed-sessions', DECIDES.smallLeak],
      ['refused-attempts', DECIDES.failedAttempts],
    ];
    const all = places.map(([code, place], size) => found(code, place, { size: 100 + size }));
    for (let first = 0; first < all.length; first++) {
      assert.equal(decide(all.slice(first).reverse()).code, places[first]![0]);
    }
  });

  it('is the leak behind an exhaustion that open sessions make half of', () => {
    const never = found('sessions-never-closed', DECIDES.smallLeak, { held: 30 });
    const half = found('half-closed-sessions', DECIDES.smallLeak, { held: 40 });
    assert.equal(decide([EXHAUSTION(50), never, half]).code, 'half-closed-sessions');
    assert.equal(decide([EXHAUSTION(50), never]).code, 'sessions-never-closed');
    assert.equal(decide([EXHAUSTION(49), never, half]).code, 'port-exhaustion');
    assert.equal(decide([EXHAUSTION(50)]).code, 'port-exhaustion');
  });

  it('is no leak of another client', () => {
    const other = found('half-closed-sessions', DECIDES.smallLeak, { held: 40, client: 1 });
    assert.equal(decide([EXHAUSTION(60, null), other]).code, 'port-exhaustion');
  });

  it('is no leak towards another remote, unless the host as a whole ran out', () => {
    const elsewhere = found('half-closed-sessions', DECIDES.smallLeak, { held: 40, target: 1 });
    assert.equal(decide([EXHAUSTION(60), elsewhere]).code, 'port-exhaustion');
    assert.equal(decide([EXHAUSTION(60, null), elsewhere]).code, 'half-closed-sessions');
  });

  it('is none of severity info', () => {
    const remark = found('reuse-in-time-wait', DECIDES.never, { severity: 'info' });
    assert.equal(decide([remark]).code, 'no-port-problem');
    assert.equal(decide([remark, found('refused-attempts', DECIDES.failedAttempts)]).code, 'refused-attempts');
  });

  it('is that the capture cannot answer at grade C, unless something is supported all the same', () => {
    const lossy = { capture: { dropped: 500 } };
    assert.equal(decide([], lossy).code, 'capture-cannot-answer');
    assert.match(decide([], lossy).text, /Capture again at the client/);
    assert.equal(decide([found('reuse-in-time-wait', DECIDES.harmfulReuse)], lossy).code, 'reuse-in-time-wait');
  });

  it('is none of the clients that were asked for, and counts what these did', () => {
    const sessions: SessionSpec[] = [
      { localPort: 50_000, start: 1, closed: 2 },
      { localPort: 50_001, start: 2, closed: 3 },
      { client: '10.1.1.11', localPort: 50_000, start: 3, closed: 4 },
    ];
    const asked = (...clients: string[]) => decide([], { sessions, options: { clients } }).headline;
    assert.equal(asked(), 'No port problem was found in 3 connection attempts of 2 clients');
    assert.equal(asked('10.1.1.11'), 'No port problem was found in 1 connection attempt of 1 client');
    const begun = sessions.map((session): SessionSpec => ({ ...session, midstream: true }));
    assert.equal(
      decide([], { sessions: begun }).headline,
      'No port problem was found in the sessions of 2 clients, all of which had begun before the capture',
    );
  });

  it('names the largest of its kind, and the others after it', () => {
    const { headline, text } = decide([
      found('refused-attempts', DECIDES.failedAttempts, { size: 20 }),
      found('refused-attempts', DECIDES.failedAttempts, { size: 30 }),
    ]);
    assert.equal(headline, 'refused-attempts of 30');
    assert.match(text, /^refused-attempts of 30\. Why\. Also found: refused-attempts of 20\. .*Next: Do this\.$/);
  });
});

describe('the case of the question: 4227 after three days, 500 sessions open, an error that names 127.0.0.1:8510', () => {
  const DAYS = 3 * 86_400;
  const talking: SessionSpec[] = Array.from({ length: 500 }, (_, i) => ({
    localPort: 49_200 + i,
    start: 10 + i * 400,
    end: DAYS - 5,
    lastPayload: DAYS - 5 - (i % 60),
    longestPause: 60,
  }));
  const brief: SessionSpec[] = Array.from({ length: 4000 }, (_, i) => ({
    localPort: 50_000 + i,
    start: 20 + i * 64,
    closed: 21 + i * 64,
    lastPayload: 20.5 + i * 64,
  }));
  const waiting: SessionSpec[] = [0, 1, 2, 3].map((i) => ({
    localPort: 60_000 + i,
    start: DAYS - 40 + i,
    closed: DAYS - 30 + i,
  }));
  const events = [
    event(DAYS - 60, { numbers: [4227], text: 'TCP/IP failed to establish an outgoing connection' }),
    event(DAYS - 59, { numbers: [10048], endpoints: [{ address: '127.0.0.1', port: 8510 }] }),
  ];
  const spec = { sessions: [...talking, ...brief, ...waiting], end: DAYS, evidence: { events } };

  it('excludes exhaustion, raises the blind spot, and gives the list of known bugs', () => {
    const { findings, summary } = diagnose(caseOf(spec));
    const of = (code: FindingCode) => findings.filter((finding) => finding.code === code);
    assert.equal(of('port-exhaustion')[0]!.verdict, 'excluded');
    const supported = findings.filter(({ verdict }) => verdict === 'supported').map(({ code }) => code);
    assert.deepEqual(
      supported.filter((code) => code !== 'refused-locally'),
      ['loopback-blind-spot'],
    );
    assert.equal(summary.code, 'loopback-blind-spot');
    for (const needed of [
      /127\.0\.0\.1:8510/,
      /Ruled out: [^.]*port-exhaustion/,
      /KB2826167/,
      /Next: Capture loopback too/,
    ]) {
      assert.match(summary.text, needed);
    }
  });
});
