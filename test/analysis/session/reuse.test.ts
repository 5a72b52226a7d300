import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLIENT_CLOSES, HANDSHAKE, last, track } from './scene.ts';

describe('reuses', () => {
  it('have their gap from the close of the session before', () => {
    const sessions = track(...HANDSHAKE, ...CLIENT_CLOSES, '31.002 > S seq=90000', '31.1 < SA seq=7000 ack=90001');
    last(sessions, { previous: 0, previousState: 'closed', gap: 30, answer: 'accepted' });
  });

  it('may repeat the ISN', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '101.002 > S seq=1000'), { previous: 0, gap: 100, answer: 'silent' });
  });

  it('are no copies of a short session that come late, from another place of the network', () => {
    const once = [
      ...HANDSHAKE,
      '0.010 > FA seq=1001 ack=5001',
      '0.011 < FA seq=5001 ack=1002',
      '0.012 > A seq=1002 ack=5002',
    ];
    const again = once.map((line) => line.replace(/^[0-9.]+/, (time) => (Number(time) + 0.5).toFixed(3)));
    const sessions = track(...once, ...again);
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'closed', closedBy: 'client', closed: 0.012, previous: -1 });
    assert.equal(track(...once, '3.001 > S seq=1000').length, 2);
  });

  it('are measured against the latest established session, whatever failed in between', () => {
    const sessions = track(...HANDSHAKE, ...CLIENT_CLOSES, '11 > S seq=90000', '51.002 > S seq=180000');
    assert.deepEqual(
      sessions.map(({ previous }) => previous),
      [-1, 0, 0],
    );
    last(sessions, { gap: 50 });
  });

  it('over an open session have no gap, and leave it reset', () => {
    const sessions = track(...HANDSHAKE, '5 > S seq=90000', '25 > S seq=180000');
    assert.equal(sessions[0]!.state, 'reset');
    assert.equal(sessions[0]!.closedBy, null);
    assert.deepEqual([sessions[1]!.previousState, sessions[1]!.gap], ['open', null]);
    last(sessions, { previous: 0, previousState: 'reset', gap: null });
  });

  it('are none where the other socket calls: what it called was another one', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '31 < S seq=90000'), { previous: -1 });
  });

  it('leave the time unknown at which a half-closed session ended that they took the place of', () => {
    const [earlier] = track(...HANDSHAKE, '1 < FA seq=5001 ack=1001', '5 > S seq=90000');
    assert.deepEqual([earlier!.state, earlier!.closed], ['reset', Number.NaN]);
  });

  it('that are challenged go on with the same SYN; the RST is for the session before', () => {
    const sessions = track(
      ...HANDSHAKE,
      '5.000 > S seq=90000',
      '5.001 < A seq=5001 ack=1001',
      '5.002 > R seq=1001',
      '5.010 > S seq=90000',
      '5.011 < SA seq=7000 ack=90001',
      '5.012 > A seq=90001 ack=7001',
    );
    assert.equal(sessions.length, 2);
    assert.deepEqual([sessions[0]!.state, sessions[0]!.closedBy], ['reset', 'rst-client']);
    last(sessions, {
      state: 'open',
      outcome: 'established',
      answer: 'challenged',
      synPackets: 2,
      previousState: 'open',
    });
  });

  it('are challenged by a bare ACK alone: a FIN sent again is of the session before', () => {
    const sessions = track(...HANDSHAKE, '1 < FA seq=5001 ack=1001', '5 > S seq=90000', '5.1 < FA seq=5001 ack=1001');
    last(sessions, { previous: 0, answer: 'silent', outcome: 'unanswered' });
  });

  it('are refused by a RST that acknowledges their SYN', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '5 > S seq=90000', '5.1 < RA seq=0 ack=90001'), {
      answer: 'refused',
      outcome: 'refused',
    });
  });

  it('are not refused by a RST of the session before', () => {
    const sessions = track(...HANDSHAKE, ...CLIENT_CLOSES, '5 > S seq=90000', '5.1 < R seq=5002');
    last(sessions, { answer: 'silent', outcome: 'unanswered', closed: Number.NaN });
    assert.equal(sessions[0]!.packets, 7);
  });

  it('that get a SYN-ACK for another SYN are silent', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '5 > S seq=90000', '5.1 < SA seq=7000 ack=42'), {
      answer: 'silent',
      outcome: 'unanswered',
    });
  });
});
