import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { flagsOnly, segmentsOf, type Told, tell, track, trackSegments } from './scene.ts';

const HANDSHAKE = ['0.000 > S seq=1000', '0.001 < SA seq=5000 ack=1001', '0.002 > A seq=1001 ack=5001'];
const CLIENT_CLOSES = ['1.000 > FA seq=1001 ack=5001', '1.001 < FA seq=5001 ack=1002', '1.002 > A seq=1002 ack=5002'];

/** What is asked for of the last session. */
function last(sessions: readonly Told[], wanted: Partial<Told>): void {
  const told = sessions.at(-1)!;
  assert.deepEqual({ ...told, ...wanted }, told);
}

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
    last(sessions, { state: 'open', outcome: 'established', closedBy: null });
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
    last(track('0 > S seq=1000', '0.1 < A seq=5001 ack=1001'), { outcome: 'unanswered' });
  });
});

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

describe('reuses', () => {
  it('have their gap from the close of the session before', () => {
    const sessions = track(...HANDSHAKE, ...CLIENT_CLOSES, '31.002 > S seq=90000', '31.1 < SA seq=7000 ack=90001');
    last(sessions, { previous: 0, previousState: 'closed', gap: 30, answer: 'accepted' });
  });

  it('may repeat the ISN', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '101.002 > S seq=1000'), { previous: 0, gap: 100, answer: 'silent' });
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

  it('are refused by a RST that acknowledges their SYN', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '5 > S seq=90000', '5.1 < RA seq=0 ack=90001'), {
      answer: 'refused',
      outcome: 'refused',
    });
  });

  it('that get a SYN-ACK for another SYN are silent', () => {
    last(track(...HANDSHAKE, ...CLIENT_CLOSES, '5 > S seq=90000', '5.1 < SA seq=7000 ack=42'), {
      answer: 'silent',
      outcome: 'unanswered',
    });
  });
});

describe('midstream sessions', () => {
  it('are opened by any segment but a RST', () => {
    assert.equal(track('0 > R seq=1').length, 0);
    for (const segment of [
      '0 > A seq=1 ack=2',
      '0 > PA seq=1 ack=2 len=3',
      '0 > FA seq=1 ack=2',
      '0 < SA seq=1 ack=2',
    ]) {
      last(track(segment), { midstream: true, outcome: null });
    }
  });

  it('become the attempt of a SYN that changed places with its answer', () => {
    const sessions = track('0.001 < SA seq=5000 ack=1001', '0.000 > S seq=1000', '0.002 > A seq=1001 ack=5001');
    assert.equal(sessions.length, 1);
    last(sessions, { midstream: false, outcome: 'established', synPackets: 1, start: 0 });
    assert.equal(track('0 < SA seq=5000 ack=1001', '2 > S seq=1000').length, 2);
  });

  it('follow a closed session where payload lies far from its numbers', () => {
    const near = track(...HANDSHAKE, ...CLIENT_CLOSES, '2 < PA seq=4990 ack=1002 len=10');
    assert.equal(near.length, 1);
    const far = track(...HANDSHAKE, ...CLIENT_CLOSES, `2 < PA seq=${5000 + 2 ** 25} ack=1 len=10`);
    assert.deepEqual(
      far.map(({ midstream }) => midstream),
      [false, true],
    );
  });

  it('count as the session before a reuse', () => {
    const sessions = track(
      '0 > PA seq=1 ack=2 len=3',
      '1 > FA seq=4 ack=2',
      '1.1 < FA seq=2 ack=5',
      '1.2 > A seq=5 ack=3',
      '61.2 > S seq=90000',
    );
    last(sessions, { previous: 0, previousState: 'closed', gap: 60 });
  });
});

describe('copies of a packet', () => {
  it('change nothing, and packets are as many as in the file', () => {
    const lines = [...HANDSHAKE, ...CLIENT_CLOSES];
    const twice = lines.flatMap((line, index) => [`${line} id=${index + 1}`, `${line} id=${index + 1}`]);
    const sessions = track(...twice);
    assert.equal(sessions.length, 1);
    last(sessions, { state: 'closed', synPackets: 2, copies: 1, packets: twice.length });
  });

  it('are no retransmissions: those have another identification', () => {
    last(track('0.000 > S seq=1000 id=7', '0.008 > S seq=1000 id=8'), { synPackets: 2, copies: 0 });
  });
});

describe('a capture of flags alone', () => {
  it('takes SYN and SYN-ACK for a handshake', () => {
    last(track('0 >> A seq=1 ack=1', '0 > S seq=1000', '0.1 < SA seq=5000 ack=1001'), { outcome: 'half-open' });
    const sessions = trackSegments(
      segmentsOf(['0 > S seq=1000', '0.1 < SA seq=5000 ack=1001', '9 > FA seq=1100 ack=5200']),
    );
    last(tell(sessions), { outcome: 'established', state: 'half-closed-by-client' });
  });
});

describe('a capture in which no attempt came to anything', () => {
  const SYN_ACK = ['0 > S seq=1000', '0.1 < SA seq=5000 ack=1001'];
  const again = (time: string) => `${time} < SA seq=5000 ack=1001`;

  it('lacks no acknowledgments: nothing was there to be acknowledged', () => {
    const scanned = [...SYN_ACK, '0.2 > R seq=1001'];
    const flooded = [...SYN_ACK, again('1.1'), again('3.1')];
    for (const lines of [scanned, flooded]) {
      assert.equal(flagsOnly(...lines), false);
      last(track(...lines), { state: 'half-open', outcome: 'half-open' });
    }
    assert.equal(flagsOnly('0 > S seq=1000', '0.1 < RA seq=0 ack=1001'), false);
    assert.equal(flagsOnly('0 > S seq=1000'), false);
  });

  it('differs from one of flags alone by an abort, a close, or a SYN-ACK that needs no repeat', () => {
    const aborted = [...SYN_ACK, '9 > RA seq=1100 ack=5200'];
    assert.equal(flagsOnly(...aborted), true);
    last(track(...aborted), { state: 'reset', outcome: 'established', closedBy: 'rst-client' });
    const late = [...SYN_ACK, again('1.1'), '9 > FA seq=1100 ack=5200'];
    assert.equal(flagsOnly(...late), true);
    last(track(...late), { state: 'half-closed-by-client', outcome: 'established' });
    assert.equal(flagsOnly(...SYN_ACK), true);
    last(track(...SYN_ACK), { state: 'open', outcome: 'established' });
  });
});

describe('two neighbouring packets', () => {
  it('may change places without another outcome', () => {
    const lines = [
      ...HANDSHAKE,
      '0.010 > PA seq=1001 ack=5001 len=100',
      '0.011 < A seq=5001 ack=1101',
      '0.020 < PA seq=5001 ack=1101 len=200',
      '0.021 > A seq=1101 ack=5201',
      '1.000 > FA seq=1101 ack=5201',
      '1.001 < FA seq=5201 ack=1102',
      '1.002 > A seq=1102 ack=5202',
    ];
    const words = ({ state, outcome, closedBy, midstream, synPackets }: Told) => ({
      state,
      outcome,
      closedBy,
      midstream,
      synPackets,
    });
    const expected = track(...lines).map(words);
    const timeOf = (line: string) => line.slice(0, line.indexOf(' '));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lines.length - 2 }), fc.boolean(), (at, clockGoesOn) => {
        const swapped = [...lines];
        [swapped[at], swapped[at + 1]] = [swapped[at + 1]!, swapped[at]!];
        const timed = swapped.map((line, index) =>
          clockGoesOn ? line.replace(timeOf(line), timeOf(lines[index]!)) : line,
        );
        assert.deepEqual(track(...timed).map(words), expected);
      }),
    );
  });
});
