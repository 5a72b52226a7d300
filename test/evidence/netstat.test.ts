import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiCyrillic, ansiWestern, ENCODERS, oemCyrillic, oemWestern } from './encoders.ts';
import { read, rowsOf } from './read.ts';
import { type Language, netstat, ROWS } from './samples.ts';

const STATES = ['LISTENING', 'LISTENING', 'ESTABLISHED', 'CLOSE_WAIT', 'TIME_WAIT', 'LISTENING', 'ESTABLISHED', null];

describe('netstat -ano', () => {
  it('yields every row with line, endpoints, state and process id', () => {
    const facts = read(netstat('english'));
    assert.deepEqual(facts.unreadable, []);
    const rows = rowsOf(facts);
    assert.equal(rows.length, ROWS.length);
    assert.deepEqual(rows[2], {
      line: 7,
      protocol: 'tcp',
      localAddress: '10.1.1.10',
      localPort: 50123,
      remoteAddress: '10.2.0.1',
      remotePort: 3200,
      state: 'ESTABLISHED',
      stateText: 'ESTABLISHED',
      pid: 4711,
      process: null,
      created: null,
    });
    assert.equal(rows[6]!.localAddress, 'fe80::1');
    assert.deepEqual([rows[7]!.protocol, rows[7]!.remoteAddress, rows[7]!.state], ['udp', null, null]);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: true });
    assert.equal(facts.snapshots[0]!.time, null);
  });

  for (const language of ['english', 'german', 'french', 'spanish', 'russian', 'chinese'] as Language[]) {
    for (const [encoding, encode] of Object.entries(ENCODERS)) {
      it(`is the same in ${language} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(netstat(language)));
        assert.deepEqual(
          rowsOf(facts).map((row) => row.state),
          STATES,
        );
        assert.deepEqual(
          rowsOf(facts).map((row) => row.pid),
          ROWS.map((row) => row.pid),
        );
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  const codePages: [string, Language, (text: string) => Uint8Array][] = [
    ['code page 850', 'german', oemWestern],
    ['code page 1252', 'german', ansiWestern],
    ['code page 850', 'french', oemWestern],
    ['code page 866', 'russian', oemCyrillic],
    ['code page 1251', 'russian', ansiCyrillic],
  ];
  for (const [name, language, encode] of codePages) {
    it(`is the same in ${language} in ${name}`, () => {
      const facts = readEvidence('x', encode(netstat(language)));
      assert.deepEqual(
        rowsOf(facts).map((row) => row.state),
        STATES,
      );
    });
  }

  it('decodes the words of a code page, not only their ASCII', () => {
    assert.equal(rowsOf(readEvidence('x', oemWestern(netstat('german'))))[0]!.stateText, 'ABHÖREN');
    assert.equal(rowsOf(readEvidence('x', ansiWestern(netstat('french'))))[0]!.stateText, 'ÉCOUTE');
  });

  it('learns the word for LISTENING of an unknown language from the services that always listen', () => {
    const facts = read(netstat('english').replaceAll('LISTENING', 'NASLUCHIWA'));
    assert.deepEqual(
      rowsOf(facts).map((row) => row.state),
      STATES,
    );
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: true });
  });

  it('keeps an unknown state word raw', () => {
    const [row] = rowsOf(read('  TCP    10.1.1.10:50123        10.2.0.1:3200          USTANOWIONO     4711\r\n'));
    assert.deepEqual([row!.state, row!.stateText], [null, 'USTANOWIONO']);
  });

  it('takes the executable of -b from the lines after the row', () => {
    for (const language of ['english', 'german'] as Language[]) {
      const rows = rowsOf(read(netstat(language, ROWS, true)));
      assert.deepEqual(
        rows.map((row) => row.process),
        ['svchost.exe', null, 'disp+work.exe', 'disp+work.exe', null, 'svchost.exe', null, 'svchost.exe'],
      );
    }
  });

  it('lists bound ports of -q', () => {
    const [row] = rowsOf(read('  TCP    0.0.0.0:58430          0.0.0.0:0              BOUND           10684\n'));
    assert.deepEqual([row!.state, row!.localPort, row!.pid], ['BOUND', 58430, 10684]);
  });

  it('reads pasted text without indentation, with other line ends, and from a loop of cmd.exe', () => {
    const pasted = netstat('english', ROWS, true).replaceAll(/^ +/gm, '');
    const variants = [
      pasted,
      pasted.replaceAll('\r\n', '\n'),
      pasted.replaceAll('\r\n', '\r'),
      pasted.replaceAll('\r\n', '\r\r\n'),
    ];
    for (const text of variants) assert.equal(rowsOf(read(text)).length, ROWS.length);
  });
});

describe('netstat and ss of other systems', () => {
  it('reads Linux', () => {
    const facts = read(
      [
        'Active Internet connections (servers and established)',
        'Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name',
        'tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      871/sshd: /usr/sbin',
        'tcp        0      0 10.1.1.10:50123         10.2.0.1:3200           ESTABLISHED 4711/java',
        'tcp        0      0 10.1.1.10:50125         10.2.0.1:3200           TIME_WAIT   -',
        'tcp6       0      0 ::ffff:10.1.1.10:8080   ::ffff:10.9.0.1:40000   FIN_WAIT2   4711/java',
        'udp        0      0 0.0.0.0:68              0.0.0.0:*                           650/dhclient',
        '',
      ].join('\n'),
    );
    const rows = rowsOf(facts);
    assert.deepEqual(
      rows.map((row) => row.state),
      ['LISTENING', 'ESTABLISHED', 'TIME_WAIT', 'FIN_WAIT_2', null],
    );
    assert.deepEqual(
      rows.map((row) => row.pid),
      [871, 4711, null, 4711, 650],
    );
    assert.deepEqual(
      rows.map((row) => row.process),
      ['sshd', 'java', null, 'java', 'dhclient'],
    );
    assert.deepEqual([rows[3]!.localAddress, rows[3]!.localPort], ['10.1.1.10', 8080]);
    assert.deepEqual(facts.unreadable, []);
  });

  it('reads macOS, which joins address and port with a dot', () => {
    const rows = rowsOf(
      read(
        'tcp4       0      0  10.1.1.10.50123        10.2.0.1.3200          ESTABLISHED\ntcp46      0      0  *.8080                 *.*                    LISTEN\n',
      ),
    );
    assert.deepEqual([rows[0]!.localAddress, rows[0]!.localPort, rows[0]!.state], ['10.1.1.10', 50123, 'ESTABLISHED']);
    assert.deepEqual([rows[1]!.localAddress, rows[1]!.localPort, rows[1]!.state], [null, 8080, 'LISTENING']);
  });

  it('reads ss', () => {
    const facts = read(
      [
        'State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process',
        'LISTEN     0      128    0.0.0.0:22          0.0.0.0:*         users:(("sshd",pid=871,fd=3))',
        'ESTAB      0      0      10.1.1.10:50123     10.2.0.1:3200     users:(("java",pid=4711,fd=9))',
        'TIME-WAIT  0      0      10.1.1.10:50125     10.2.0.1:3200',
        'LISTEN     0      128    [::]:22             [::]:*            users:(("sshd",pid=871,fd=4))',
      ].join('\n'),
    );
    const rows = rowsOf(facts);
    assert.equal(facts.snapshots[0]!.tool, 'ss');
    assert.deepEqual(
      rows.map((row) => row.state),
      ['LISTENING', 'ESTABLISHED', 'TIME_WAIT', 'LISTENING'],
    );
    assert.deepEqual(
      rows.map((row) => row.process),
      ['sshd', 'java', null, 'sshd'],
    );
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: true });
  });
});
