import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HANDSHAKE, last, track } from './scene.ts';

describe('attempts', () => {
  it('count a SYN that is sent again once', () => {
    const sessions = track('0 > S seq=1000', '3 > S seq=1000', '9 > S seq=1000');
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'syn-sent', outcome: 'unanswered', synPackets: 3, packets: 3 });
  });

  it("count Windows' repeats after a RST once", () => {
    const rst = (time: number) => `${time} < RA seq=0 ack=1001`;
    const sessions = track('0 > S seq=1000', rst(0.1), '0.5 > S seq=1000', rst(0.6), '1 > S seq=1000', rst(1.1));
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'refused', outcome: 'refused', synPackets: 3 });
  });

  it('may be accepted after a refusal', () => {
    const sessions = track(
      '0 > S seq=1000',
      '0.1 < RA seq=0 ack=1001',
      '0.5 > S seq=1000',
      '0.6 < SA seq=5000 ack=1001',
      '0.7 > A seq=1001 ack=5001',
    );
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'open', outcome: 'established', closedBy: null, closed: Number.NaN });
  });

  it('go on where their SYN comes again, late, though they were established meanwhile', () => {
    const sessions = track(...HANDSHAKE, '5 > S seq=1000');
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'open', outcome: 'established', synPackets: 2 });
  });

  it('are refused by a RST that acknowledges their SYN, and given up by one of their own near it', () => {
    const open = { state: 'syn-sent', outcome: 'unanswered', closed: Number.NaN };
    last(track('0 > S seq=1000', '0.1 < RA seq=0 ack=1000'), open);
    last(track('0 > S seq=1000', `0.1 > R seq=${1000 + 2 ** 25}`), open);
    last(track('0 > S seq=1000', '0.1 > R seq=1001'), { ...open, closed: 0.1 });
  });

  it('with another ISN after a failed one are a retry, not a reuse', () => {
    const sessions = track('0 > S seq=1000', '30 > S seq=2000');
    assert.deepEqual(
      sessions.map(({ previous }) => previous),
      [-1, -1],
    );
  });

  it('without the client’s ACK stay half-open, also after a RST of either side', () => {
    const halfOpen = (...lines: string[]) => track('0 >> A seq=1 ack=1', ...HANDSHAKE.slice(0, 2), ...lines);
    last(halfOpen(), { state: 'half-open', outcome: 'half-open' });
    last(halfOpen('0.1 > R seq=1001'), { state: 'half-open', closedBy: null });
    last(halfOpen('0.1 < R seq=5001'), { state: 'half-open', closedBy: null });
  });

  it('are established by one direction alone', () => {
    last(track('0 > S seq=1000', '0.1 > A seq=1001 ack=5001'), { outcome: 'established', state: 'open' });
    last(track('0 > S seq=1000', '0.1 < A seq=5001 ack=1101'), { outcome: 'established' });
    last(track('0 > S seq=1000', '0.1 < PA seq=5001 ack=1001 len=10'), { outcome: 'established' });
    last(track('0 > S seq=1000', '0.1 < FA seq=5001 ack=1001'), { outcome: 'established' });
    last(track('0 > S seq=1000', '0.1 < A seq=5001 ack=1001'), { outcome: 'unanswered' });
    last(track('0 > S seq=1000', `0.1 < A seq=5001 ack=${1001 + 2 ** 25}`), { outcome: 'unanswered' });
  });

  it('are established by one direction, also after a refusal', () => {
    last(track('0 > S seq=1000', '0.1 < RA seq=0 ack=1001', '0.7 > A seq=1001 ack=5001'), {
      state: 'open',
      outcome: 'established',
      closedBy: null,
      closed: Number.NaN,
    });
  });

  it('keep what the remote sent where its SYN-ACK comes behind it', () => {
    const sessions = track(
      '0.000 > S seq=1000',
      '0.001 < PA seq=5001 ack=1001 len=1',
      '0.002 < SA seq=5000 ack=1001',
      '0.003 > A seq=1001 ack=5002',
      '1.000 > FA seq=1001 ack=5002',
    );
    last(sessions, { state: 'half-closed-by-client', outcome: 'established' });
  });
});
