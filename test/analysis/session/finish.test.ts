import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flagsOnly, last, segmentsOf, tell, track, trackSegments } from './scene.ts';

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
