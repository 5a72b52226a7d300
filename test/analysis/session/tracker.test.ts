import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CLIENT_CLOSES, HANDSHAKE, last, segmentsOf, type Told, track, trackSegments } from './scene.ts';

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
    for (const times of [
      ['0.000', '0.001'],
      ['0.001', '0.000'],
    ]) {
      const answered = [`${times[0]} < SA seq=5000 ack=1001`, `${times[1]} > S seq=1000`];
      const sessions = track(...answered, '0.002 > A seq=1001 ack=5001');
      assert.equal(sessions.length, 1);
      last(sessions, { midstream: false, outcome: 'established', synPackets: 1, start: Number(times[1]) });
    }
    last(track('0.000 < SA seq=5000 ack=1001', '0.001 > S seq=1000', '9 >> A seq=1 ack=1').slice(0, 1), {
      midstream: false,
      outcome: 'half-open',
    });
    assert.equal(track('0 < SA seq=5000 ack=1001', '1 > S seq=1000').length, 1);
    assert.equal(track('0 < SA seq=5000 ack=1001', '1.001 > S seq=1000').length, 2);
  });

  it('show the frame of that SYN as their first', () => {
    const segments = segmentsOf(['0.000 < SA seq=5000 ack=1001', '0.001 > S seq=1000']);
    assert.deepEqual([...trackSegments(segments).firstFrame], [2]);
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

  it('follow no closed session for a late SYN-ACK near its numbers, or a bare acknowledgment', () => {
    const late = ['2 < SA seq=5000 ack=1001', `3 < A seq=${5000 + 2 ** 25} ack=1`];
    assert.equal(track('0 > A seq=1001 ack=5001', ...CLIENT_CLOSES, ...late).length, 1);
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

describe('late packets of the session before', () => {
  const FAR = ['5.0 > S seq=90000000', '5.1 < SA seq=2000000000 ack=90000001', '5.2 > A seq=90000001 ack=2000000001'];
  const LATE = ['5.3 < PA seq=4990 ack=1002 len=10', '5.4 < R seq=5002'];
  const packets = (...lines: string[]) =>
    track(...HANDSHAKE, ...CLIENT_CLOSES, ...lines).map((session) => session.packets);

  it('are told by their numbers, before and after the handshake of the next', () => {
    assert.deepEqual(packets(FAR[0]!, ...LATE), [8, 1]);
    assert.deepEqual(packets(...FAR, ...LATE), [8, 3]);
  });

  it('are none that acknowledge the SYN of the next', () => {
    assert.deepEqual(packets('5 > S seq=90000', '5.1 < A seq=5002 ack=90001'), [6, 2]);
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
