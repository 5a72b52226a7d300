import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { u64 } from '../../builders/octets.ts';
import { enhancedPacket, type Option, simplePacket } from '../../builders/pcapng-file.ts';
import { comment, direction, etl2pcapng, ptcpdump } from '../../builders/process-options.ts';
import { ofOptions, SYN, section, told } from './packet-processes.ts';
import { read } from './read.ts';

describe('the process of a packet, by etl2pcapng', () => {
  it('is that of a packet sent, by option 8 and by comment, in either byte order', () => {
    for (const little of [true, false]) {
      const [flags, ids, words] = etl2pcapng(4711, 'out', little) as [Option, Option, Option];
      const packets = [[flags, ids, words], [flags, ids], [words, flags], [flags]];
      const blocks = packets.map((options) => enhancedPacket({ frame: SYN, options }, little));
      const sent = 'sender 4711 etl2pcapng';
      assert.deepEqual(told(read(section(little, blocks))), [sent, sent, sent, 'none']);
    }
  });

  it('is nobody where the packet came in, or where the direction is not told', () => {
    assert.deepEqual(ofOptions(etl2pcapng(4711, 'in'), etl2pcapng(4711, 'unknown')), ['none', 'none']);
  });

  it('is nobody where an interrupt met the idle process or System', () => {
    assert.deepEqual(ofOptions(etl2pcapng(0, 'out'), etl2pcapng(4, 'out'), [direction('out'), comment('PID=4')]), [
      'none',
      'none',
      'none',
    ]);
  });

  it('is read from every comment of its releases, and from no other', () => {
    const sent = (value: string) => ofOptions([direction('out'), comment(value)])[0];
    const known = [
      'PID=4711',
      'PID=4711 TID=12',
      'PID=4711 TID=12 VlanId=3 SrcPortId=1 SrcNicType=x SrcNicName=y SrcPortName=z HashValue=0badcafe',
      'PID=4711 TID=12 RoutingDomainId={0} Username=PID=9',
      'PID=4711 TID=12 Packet Metadata: ReceiveFlags:0x0, PhyType:ht',
    ];
    for (const value of known) assert.equal(sent(value), 'sender 4711 etl2pcapng', value);
    const others = ['', 'PID', 'PID=', 'PID=x4711', 'XPID=4711', 'pid=4711', 'PID=4294967295', 'a retransmission?'];
    for (const value of others) assert.equal(sent(value), 'none', value);
  });

  it('is not taken for the one of the packet behind it', () => {
    const blocks = [
      enhancedPacket({ frame: SYN, options: etl2pcapng(4711, 'out') }),
      enhancedPacket({ frame: SYN }),
      enhancedPacket({ frame: SYN, options: etl2pcapng(4711, 'out') }),
      simplePacket(SYN),
    ];
    assert.deepEqual(told(read(section(true, blocks))), [
      'sender 4711 etl2pcapng',
      'none',
      'sender 4711 etl2pcapng',
      'none',
    ]);
  });

  it('leaves losses told behind the same packet alone', () => {
    const options: Option[] = [[4, u64(3n, true)], ...etl2pcapng(4711, 'out')];
    const { summary } = read(section(true, [enhancedPacket({ frame: SYN, options })]));
    assert.equal(summary.dropped, 3);
  });
});

describe('the process of a packet, by ptcpdump', () => {
  it('belongs to the host that captured, whichever way the packet goes', () => {
    const packets = [ptcpdump(4711, '/usr/bin/curl', 'out'), ptcpdump(4711, '/usr/bin/curl', 'in')];
    assert.deepEqual(ofOptions(...packets, ptcpdump(4711, '/usr/bin/curl', 'unknown')), [
      'sender 4711 ptcpdump /usr/bin/curl',
      'receiver 4711 ptcpdump /usr/bin/curl',
      'none',
    ]);
  });

  it('is read with and without a name, and by the keys of old releases', () => {
    const sent = (value: string) => ofOptions([comment(value), direction('out')])[0];
    assert.equal(sent('PID: 7'), 'sender 7 ptcpdump');
    assert.equal(sent('PID:7\nArgs: x'), 'sender 7 ptcpdump');
    assert.equal(sent('PID: 7\nCommand: /bin/a b\nArgs: x'), 'sender 7 ptcpdump /bin/a b');
    assert.equal(sent('PID: 7\nCmd: /bin/\u00e4\u4e2d'), 'sender 7 ptcpdump /bin/\u00e4\u4e2d');
    assert.equal(sent('PID: 7\nCmd: '), 'sender 7 ptcpdump');
    for (const none of ['PID: 0\nCmd: x', 'ParentPID: 7\nCmd: x', 'PID: -1']) assert.equal(sent(none), 'none', none);
  });

  it('has another name after exec, and the first again where it comes again', () => {
    const names = ['bash', 'curl', 'bash', 'bash'];
    assert.deepEqual(
      ofOptions(...names.map((name) => ptcpdump(7, name, 'out'))),
      names.map((name) => `sender 7 ptcpdump ${name}`),
    );
    const { segments } = read(
      section(
        true,
        names.map((name) => enhancedPacket({ frame: SYN, options: ptcpdump(7, name, 'out') })),
      ),
    );
    assert.deepEqual([segments[0]!.process, segments[3]!.process], [segments[2]!.process, segments[2]!.process]);
  });

  it('keeps the end of a long path', () => {
    const [one] = ofOptions(ptcpdump(7, `/${'long/'.repeat(200)}program`, 'out'));
    assert.match(one!, /^sender 7 ptcpdump [^ ]{249}program$/);
  });
});
