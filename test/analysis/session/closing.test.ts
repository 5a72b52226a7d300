import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLIENT_CLOSES, HANDSHAKE, last, track } from './scene.ts';

describe('closes', () => {
  it('are the acknowledgment of the later FIN, by the side of the first', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES), { state: 'closed', closedBy: 'client', closed: 1.002 });
    const remoteCloses = [
      '1.0 < FA seq=5001 ack=1001',
      '1.1 > A seq=1001 ack=5002',
      '2.0 > FA seq=1001 ack=5002',
      '2.1 < A seq=5002 ack=1002',
    ];
    last(track(...HANDSHAKE, ...remoteCloses), { state: 'closed', closedBy: 'remote', closed: 2.1 });
  });

  it('do not move when the acknowledgment comes again, nor when one comes after a RST', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '2 > A seq=1002 ack=5002'), { state: 'closed', closed: 1.002 });
    last(track(...HANDSHAKE, '1 < R seq=5001', '1.5 > A seq=1001 ack=5001'), { state: 'reset', closed: 1 });
  });

  it('are of the FIN that was first, though the capture has it second', () => {
    // So far apart that the clock was set: else the packets are put in the order of their times before.
    const byTime = ['3.1 < FA seq=5001 ack=1001', '1.0 > FA seq=1001 ack=5001'];
    last(track(...HANDSHAKE, ...byTime), { state: 'closed', closedBy: 'client', closed: 3.1 });
    const byNumber = ['1.000 < FA seq=5001 ack=1012', '1.001 > FA seq=1001 ack=5001 len=10'];
    last(track(...HANDSHAKE, ...byNumber), { state: 'closed', closedBy: 'client' });
  });

  it('are half where one side sent a FIN', () => {
    last(track(...HANDSHAKE, '1 < FA seq=5001 ack=1001'), {
      state: 'half-closed-by-remote',
      closedBy: null,
      closed: 1,
    });
    last(track(...HANDSHAKE, '1 > FA seq=1001 ack=5001'), { state: 'half-closed-by-client', closedBy: null });
  });

  it('stay closed after a RST, and become a reset after one FIN', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '1.1 < R seq=5002'), {
      state: 'closed',
      closedBy: 'client',
      closed: 1.002,
    });
    last(track(...HANDSHAKE, '1 > FA seq=1001 ack=5001', '1.1 < R seq=5001'), {
      state: 'reset',
      closedBy: 'rst-remote',
      closed: 1.1,
    });
  });

  it('are no RST that lies outside the window', () => {
    last(track(...HANDSHAKE, `1 < R seq=${5001 + 2 ** 30}`), { state: 'open', closedBy: null });
  });

  it('are a RST that acknowledges what was sent, whatever its own number is', () => {
    const handshake = ['0 > S seq=1000', '0.1 < SA seq=3000000000 ack=1001', '0.2 > A seq=1001 ack=3000000001'];
    last(track(...handshake, '1 < RA seq=0 ack=1001'), { state: 'reset', closedBy: 'rst-remote', closed: 1 });
    last(track(...handshake, `1 < RA seq=0 ack=${1001 + 2 ** 25}`), { state: 'open', closedBy: null });
  });

  it('work across the end of the sequence numbers', () => {
    const isn = 2 ** 32 - 2;
    const sessions = track(
      `0 > S seq=${isn}`,
      `0.1 < SA seq=5000 ack=${isn + 1}`,
      `0.2 > PA seq=${isn + 1} ack=5001 len=10`,
      '1.0 > FA seq=9 ack=5001',
      '1.1 < FA seq=5001 ack=10',
      '1.2 > A seq=10 ack=5002',
    );
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'closed', closedBy: 'client', closed: 1.2 });
  });
});
