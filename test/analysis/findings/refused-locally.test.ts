import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { event, steady, theFinding } from './scene-builder.ts';

const STALLED = [...steady('10.2.0.1', 0, 300), ...steady('10.2.0.2', 0.5, 600)];
const LOOPBACK = { address: '127.0.0.1', port: 8510 };

describe('refused-locally', () => {
  const verdict = (seconds: number, parts: Parameters<typeof event>[1], sessions = STALLED) => {
    const events = [event(seconds, { numbers: [10048], ...parts })];
    return theFinding({ sessions, evidence: { events } }, 'refused-locally');
  };
  const named = { endpoints: [{ address: '10.2.0.1', port: 3200 }] };

  it('takes an error without a packet, within a stall of the remote that it names', () => {
    const found = verdict(400, named);
    assert.deepEqual([found.verdict, found.confidence, found.remote], ['supported', 'medium', '10.2.0.1:3200']);
    assert.ok(found.evidence.frames.length > 0);
    const [line] = found.evidence.numbers.minuteBefore as string[];
    assert.match(line!, /\(10048\): 60 attempts, 0 failed, 12\d of 16384 ports taken$/);
  });

  it('is excluded where an attempt was made within a second', () => {
    assert.equal(verdict(200, named).verdict, 'excluded');
    assert.equal(verdict(400, {}).verdict, 'excluded');
    assert.equal(verdict(400, { endpoints: [{ address: '10.2.0.2', port: 3200 }] }).verdict, 'excluded');
    assert.equal(verdict(300, named).verdict, 'excluded');
    assert.equal(verdict(300.2, named).verdict, 'supported');
  });

  it('is open for an error after the stall, and where one of several is', () => {
    const resumed = steady('10.2.0.1', 400, 600, 4).map((one) => ({ ...one, localPort: one.localPort + 5000 }));
    assert.equal(verdict(502, named, [...STALLED, ...resumed]).verdict, 'inconclusive');
    assert.equal(verdict(350, named, [...STALLED, ...resumed]).verdict, 'supported');
    const thin = steady('10.2.0.1', 0, 300, 10);
    const events = [200, 205].map((seconds) => event(seconds, { numbers: [10048] }));
    assert.equal(theFinding({ sessions: thin, evidence: { events } }, 'refused-locally').verdict, 'inconclusive');
  });

  it('takes any error in a stall of the whole host', () => {
    const host = [...steady('10.2.0.1', 0, 300), ...steady('10.2.0.2', 0, 300)];
    const found = verdict(400, { numbers: [4231] }, host);
    assert.deepEqual([found.verdict, found.remote], ['supported', null]);
  });

  it('is open without a stall, without events, and for the UDP pool', () => {
    const thin = verdict(400, {}, steady('10.2.0.1', 0, 300, 10));
    assert.equal(thin.verdict, 'inconclusive');
    const early = verdict(-5, { numbers: [4227], zone: 'assumed' });
    assert.equal(early.verdict, 'inconclusive');
    assert.match(early.explanation, /^1 event lies outside the capture, at \S+ \(4227\): /);
    assert.match(early.cannotConclude.join(), /--utc-offset/);
    assert.match(thin.explanation, /^Around \S+ \(.*\) no attempt left the host, /);
    assert.equal(theFinding({ sessions: STALLED }, 'refused-locally').verdict, 'inconclusive');
    assert.equal(verdict(400, { ...named, numbers: [4266] }).verdict, 'inconclusive');
  });

  it('names both causes of 10055, and doubts a time without a zone', () => {
    const found = verdict(400, { ...named, numbers: [10055], zone: 'assumed' });
    assert.match(found.explanation, /two causes: no free port.*non-paged pool/);
    assert.match(found.nextSteps.join(), /poolmon/);
    assert.match(found.cannotConclude.join(), /--utc-offset/);
  });

  it('leaves errors that name loopback to the blind spot', () => {
    const found = verdict(400, { endpoints: [LOOPBACK] });
    assert.equal(found.verdict, 'inconclusive');
  });
});
