/** Whose a session is, by the votes of its packets. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NamedProcesses, type NamingSource } from '../../../src/analysis/segment/named-processes.ts';
import type { Segment } from '../../../src/analysis/segment/segment.ts';
import { segmentsOf, trackSegments } from './scene.ts';

const CLIENT_ADDRESS = '10.1.1.1';

/**
 * Tracks lines of scene.ts with ` pid=N` behind them: the process of the packet's sender, `pid=-N` of its receiver.
 * Answers by session the client's process id, negative where its packets disagree, 0 for none.
 */
function owners(source: NamingSource, lines: readonly string[]): number[] | null {
  const named = new NamedProcesses();
  const segments = segmentsOf(lines);
  lines.forEach((line, index) => {
    const pid = Number(/ pid=(-?\d+)/.exec(line)?.[1] ?? 0);
    const id = named.id(0, source, Math.abs(pid), new Uint8Array(0));
    if (pid !== 0) segments[index]!.process = Math.sign(pid) * id;
  });
  return ownersOf(segments, named);
}

function ownersOf(segments: readonly Segment[], named: NamedProcesses, clients: string[] = []): number[] | null {
  const { process } = trackSegments(segments, clients, named);
  return process && Array.from(process, (id) => Math.sign(id) * (id === 0 ? 0 : named.pid(Math.abs(id))));
}

describe('the process of a session', () => {
  it('is not asked for where no packet names one', () => {
    assert.equal(owners('ptcpdump', ['0 > S seq=100']), null);
  });

  it("is the client's, whichever way its packets go", () => {
    const lines = ['0 > S seq=100 pid=7', '0.1 < SA seq=900 ack=101 pid=-7', '0.2 > A seq=101 ack=901 pid=7'];
    assert.deepEqual(owners('ptcpdump', lines), [7]);
    assert.deepEqual(owners('ptcpdump', [lines[0]!, ...lines.slice(1).map((line) => line.replace(/ pid.*/, ''))]), [7]);
    assert.deepEqual(owners('ptcpdump', [lines[0]!.replace(/ pid.*/, ''), lines[1]!, lines[2]!]), [7]);
  });

  it('is not the one of the remote, where the capture was taken there', () => {
    const lines = ['0 > S seq=100 pid=-80', '0.1 < SA seq=900 ack=101 pid=80', '0.2 > A seq=101 ack=901 pid=-80'];
    assert.deepEqual(owners('ptcpdump', lines), [0]);
  });

  it('is told apart from the remote where both are on the host that captured', () => {
    const lines = [
      '0 > S seq=100 pid=7',
      '0.1 < SA seq=900 ack=101 pid=80',
      '0.2 > A seq=101 ack=901 pid=7',
      '0.3 < PA seq=901 ack=101 len=5 pid=80',
      '0.4 < PA seq=906 ack=101 len=5 pid=80',
    ];
    assert.deepEqual(owners('ptcpdump', lines), [7]);
  });

  it('has the most of its packets, and is known to be disputed', () => {
    const packets = ['7', '8', '7', '9', '7'].map((pid, at) => `${at + 1} > PA seq=${101 + at} ack=1 len=1 pid=${pid}`);
    assert.deepEqual(owners('ptcpdump', ['0 > S seq=100 pid=7', ...packets]), [-7]);
    assert.deepEqual(owners('ptcpdump', ['0 > S seq=100 pid=7', '1 > A seq=101 ack=1 pid=8']), [0], 'nobody leads');
  });

  it('may be named by a copy alone', () => {
    const syn = '0 > S seq=100 id=5';
    assert.deepEqual(owners('ptcpdump', [syn, `${syn.replace('0', '0.001')} pid=7`]), [7]);
  });

  it('is each its own on one four-tuple', () => {
    const session = (at: number, isn: number, pid: number) => [
      `${at} > S seq=${isn} pid=${pid}`,
      `${at + 0.1} < SA seq=${isn + 5000} ack=${isn + 1}`,
      `${at + 0.2} > RA seq=${isn + 1} ack=${isn + 5001} pid=${pid}`,
    ];
    assert.deepEqual(owners('ptcpdump', [...session(0, 100, 7), ...session(1, 900_000, 8)]), [7, 8]);
  });

  it('is not known of a session whose client is not', () => {
    const named = new NamedProcesses();
    const id = named.id(0, 'pktap', 7, new Uint8Array(0));
    const midstream = segmentsOf(['0 > A seq=5 ack=9', '1 > PA seq=5 ack=9 len=3']);
    for (const segment of midstream) Object.assign(segment, { sourcePort: 4000, process: id });
    assert.deepEqual(ownersOf(midstream, named), [0]);
    assert.deepEqual(ownersOf(midstream, named, [CLIENT_ADDRESS]), [7]);
  });

  it('is one process where two captures name it', () => {
    const named = new NamedProcesses();
    const ids = [0, 1].map((capture) => named.id(capture, 'pktap', 7, new TextEncoder().encode('mail')));
    const segments = segmentsOf(['0 > S seq=100', '1 > S seq=100', '2 > S seq=100', '3 > S seq=100']);
    segments.forEach((segment, index) => {
      segment.process = ids[index >> 1]!;
    });
    assert.notEqual(ids[0], ids[1]);
    assert.deepEqual(ownersOf(segments, named), [7]);
  });

  it('is a majority wherever there is one', () => {
    const votes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(votes, (pids) => {
        const lines = pids.map((pid, at) => `${at} > PA seq=${at + 1} ack=1 len=1 pid=${pid}`);
        const [owner] = owners('ptcpdump', lines)!;
        const counts = pids.map((pid) => pids.filter((other) => other === pid).length);
        const most = pids[counts.indexOf(Math.max(...counts))]!;
        if (Math.max(...counts) * 2 > pids.length) assert.equal(Math.abs(owner!), most);
        assert.equal(owner! > 0, new Set(pids).size === 1, 'undisputed');
      }),
    );
  });

  it('is found in more sessions than the first columns hold', () => {
    const lines = Array.from({ length: 1500 }, (_, at) => `${at} > S seq=${at * 2 ** 21 + 100} pid=${at + 10}`);
    assert.deepEqual(
      owners('ptcpdump', lines),
      lines.map((_, at) => at + 10),
    );
  });
});

describe('the process that ran when a packet was logged', () => {
  it('counts where a program itself sends: at the first SYN, payload and FIN', () => {
    const lines = [
      '0 > S seq=100 pid=7',
      '0.1 < SA seq=900 ack=101',
      '0.2 > A seq=101 ack=901 pid=50',
      '0.3 > PA seq=101 ack=901 len=10 pid=7',
      '0.4 < PA seq=901 ack=111 len=9',
      ...[50, 51, 50, 50].map((pid, at) => `${1 + at} > A seq=111 ack=${910 + at} pid=${pid}`),
      '9 > FA seq=111 ack=910 pid=7',
    ];
    assert.deepEqual(owners('etl2pcapng', lines), [7]);
  });

  it('does not count at a SYN that a timer sent again', () => {
    assert.deepEqual(
      owners('etl2pcapng', ['0 > S seq=100 pid=7', '1 > S seq=100 pid=50', '3 > S seq=100 pid=51']),
      [7],
    );
    assert.deepEqual(owners('etl2pcapng', ['0 > S seq=100', '1 > A seq=101 ack=1 pid=50']), [0]);
  });
});
