import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS, oemCyrillic, oemWestern } from './encoders.ts';
import { at, read } from './read.ts';
import { dynamicPorts, netstat, statistics } from './samples.ts';

const EXCLUDED = `
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      5357        5357
     49669       49768
     50000       50059     *

* - Administered port exclusions.
`;

describe('netsh int ipv4 show dynamicport tcp', () => {
  for (const language of ['english', 'german', 'french', 'russian', 'chinese'] as const) {
    for (const [encoding, encode] of Object.entries(ENCODERS)) {
      it(`yields the range in ${language} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(dynamicPorts(language)));
        assert.deepEqual(facts.dynamicPorts, [{ file: 'x', line: 4, protocol: 'tcp', first: 49152, last: 65535 }]);
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  for (const [language, encode] of [
    ['french', oemWestern],
    ['french', ansiWestern],
    ['russian', oemCyrillic],
  ] as const) {
    it(`yields the range in ${language} through ${encode.name}`, () => {
      assert.equal(readEvidence('x', encode(dynamicPorts(language))).dynamicPorts[0]?.first, 49152);
    });
  }

  it('knows the protocol from the title or the command, nearest first', () => {
    const udp = dynamicPorts('english').replace(' tcp ', ' udp ');
    const facts = read(`C:\\>netsh int ipv4 show dynamicport tcp\r\n${dynamicPorts('english')}\r\n${udp}`);
    assert.deepEqual(
      facts.dynamicPorts.map(({ protocol }) => protocol),
      ['tcp', 'udp'],
    );
  });

  it('refuses a range beyond the ports there are', () => {
    const facts = read(dynamicPorts('english').replace('16384', '99999'));
    assert.deepEqual(facts.dynamicPorts, []);
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [4],
    );
  });

  it('has its counterpart on Linux', () => {
    const facts = read('net.ipv4.ip_local_port_range = 32768\t60999\n');
    assert.deepEqual(facts.dynamicPorts, [
      { file: 'evidence.txt', line: 1, protocol: null, first: 32768, last: 60999 },
    ]);
  });
});

describe('netsh int ipv4 show excludedportrange protocol=tcp', () => {
  const spanish = EXCLUDED.replace('Protocol tcp Port Exclusion Ranges', 'Rangos de exclusión de puertos para tcp')
    .replace('Start Port    End Port', 'Puerto inicial    Puerto final')
    .replace('----------    --------', '--------------    ------------');
  const german = EXCLUDED.replace('Protocol tcp Port Exclusion Ranges', 'Protokoll tcp Portausschlussbereiche');
  for (const [language, text] of Object.entries({ english: EXCLUDED, spanish, german })) {
    it(`yields every range in ${language}`, () => {
      const facts = readEvidence('x', language === 'english' ? ENCODERS['utf-16le with mark'](text) : oemWestern(text));
      assert.deepEqual(
        facts.excludedPorts.map(({ protocol, first, last, line }) => [protocol, first, last, line]),
        [
          ['tcp', 5357, 5357, 6],
          ['tcp', 49669, 49768, 7],
          ['tcp', 50000, 50059, 8],
        ],
      );
    });
  }

  it('takes no other table of two numbers for ranges', () => {
    const facts = read('Count Name\n----- ----\n   23 1234\n  500 60000\n');
    assert.deepEqual(facts.excludedPorts, []);
  });

  it('is known when it is empty', () => {
    assert.deepEqual(read(EXCLUDED.replace(/^ .*\n/gm, '')).unreadable, []);
  });
});

describe('counters of TCP', () => {
  const values = [402947, 989620, 122, 33, 97, 7_000_000_000, 6, 5];
  const expected = {
    activeOpens: 402947,
    passiveOpens: 989620,
    failedAttempts: 122,
    resetConnections: 33,
    currentConnections: 97,
    segmentsReceived: 7_000_000_000,
    segmentsSent: 6,
    segmentsRetransmitted: 5,
  };

  for (const language of ['english', 'german', 'french'] as const) {
    for (const [encoding, encode] of Object.entries({
      ...ENCODERS,
      'code page 850': oemWestern,
      'code page 1252': ansiWestern,
    })) {
      it(`come from netstat -s in ${language} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(statistics(language, values)));
        assert.deepEqual(facts.statistics, [{ file: 'x', line: 4, time: null, zone: null, ipVersion: 4, ...expected }]);
      });
    }
  }

  it('come from netsh int ipv4 show tcpstats', () => {
    const text = `
MIB-II TCP Statistics
------------------------------------------------------
Timeout Algorithm:                  Van Jacobson's Algorithm
Minimum Timeout:                    10
Maximum Timeout:                    4294967295
Maximum Connections:                Dynamic
Active Opens:                       402947
Passive Opens:                      989620
Attempts Failed:                    122
Established Resets:                 33
Currently Established:              97
In Segments:                        7000000000
Out Segments:                       6
Retransmitted Segments:             5
In Errors:                          0
Out Resets:                         4711
Internet:                           0
`;
    assert.deepEqual(read(text).statistics, [
      { file: 'evidence.txt', line: 4, time: null, zone: null, ipVersion: null, ...expected },
    ]);
  });

  it('come from netstat -s of Linux', () => {
    const text =
      'Tcp:\n    402947 active connection openings\n    989620 passive connection openings\n    122 failed connection attempts\n    33 connection resets received\n    97 connections established\n    7000000000 segments received\n    6 segments sent out\n    5 segments retransmitted\n    3 bad segments received\nUdp:\n    1 packets received\n';
    assert.deepEqual(
      read(text).statistics.map(({ activeOpens, segmentsRetransmitted }) => [activeOpens, segmentsRetransmitted]),
      [[402947, 5]],
    );
  });

  it('have the time of the line before, as the netstat after them has', () => {
    const run = (time: string, opens: number) =>
      `${time}\r\n${statistics('english', [opens, ...values.slice(1)])}${netstat('english')}`;
    const facts = read(`${run('2023-11-14 22:00:00', 100)}\r\n${run('2023-11-14 23:00:00', 900)}`, { utcOffset: 'Z' });
    assert.deepEqual(
      facts.statistics.map(({ time, activeOpens }) => [time, activeOpens]),
      [
        [at('2023-11-14T22:00:00Z'), 100],
        [at('2023-11-14T23:00:00Z'), 900],
      ],
    );
    assert.deepEqual(
      facts.snapshots.map(({ time }) => time),
      [at('2023-11-14T22:00:00Z'), at('2023-11-14T23:00:00Z')],
    );
  });

  it('are those of TCP alone in the whole netstat -s', () => {
    const other =
      '\r\nUDP Statistics for IPv4\r\n\r\n  Datagrams Received    = 1\r\n  No Ports              = 2\r\n  Receive Errors        = 3\r\n  Datagrams Sent        = 4\r\n';
    const ip = `\r\nIPv4 Statistics\r\n\r\n${Array.from({ length: 17 }, (_, index) => `  Counter ${index}   = ${index}`).join('\r\n')}\r\n`;
    const facts = read(ip + statistics('english', values) + other);
    assert.deepEqual(
      facts.statistics.map(({ activeOpens }) => activeOpens),
      [402947],
    );
  });
});
