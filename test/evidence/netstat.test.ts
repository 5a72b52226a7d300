import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EvidenceFacts, SocketRow } from '../../src/contract/evidence.ts';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiCyrillic, ansiWestern, ENCODERS, oemCyrillic, oemWestern } from './encoders.ts';
import { type Language, netstat, ROWS } from './samples.ts';

const utf8 = ENCODERS['utf-8'];
const read = (text: string, options = {}): EvidenceFacts => readEvidence('netstat.txt', utf8(text), options);
const rowsOf = (facts: EvidenceFacts, snapshot = 0): SocketRow[] => [...facts.snapshots[snapshot]!.rows];
const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

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

describe('completeness of a snapshot', () => {
  it('needs listeners, by family', () => {
    const established = read(
      netstat(
        'english',
        ROWS.filter((row) => row.state !== 'LISTENING'),
      ),
    );
    assert.deepEqual(established.snapshots[0]!.complete, { ipv4: false, ipv6: false });
    const onlyV4 = read(
      netstat(
        'english',
        ROWS.filter((row) => !row.local.startsWith('[')),
      ),
    );
    assert.deepEqual(onlyV4.snapshots[0]!.complete, { ipv4: true, ipv6: false });
  });

  it('is lost with one row that cannot be read, which is named by file and line', () => {
    const facts = read(netstat('english').replace('10.2.0.1:3200', '10.2.0.1'));
    assert.deepEqual(
      facts.unreadable.map(({ file, line }) => ({ file, line })),
      [{ file: 'netstat.txt', line: 7 }],
    );
    assert.equal(rowsOf(facts).length, ROWS.length - 1);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: false, ipv6: false });
  });

  it('is lost where names stand for addresses, and the way out is told once', () => {
    const facts = read(netstat('english').replaceAll('10.2.0.1:3200', 'sapprd01:sapdp00'));
    assert.equal(facts.unreadable.length, 1);
    assert.match(facts.unreadable[0]!.reason, /netstat -ano/);
    assert.equal(facts.snapshots[0]!.complete.ipv4, false);
  });
});

describe('many snapshots in one file', () => {
  const written = ['Tue 11/14/2023 22:13:20.12', 'Tue 11/14/2023 22:14:20.15'];

  it('takes each time from the line before', () => {
    const facts = read(written.map((time) => `${time}\r\n${netstat('english')}`).join('\r\n'), { utcOffset: '+01:00' });
    assert.deepEqual(
      facts.snapshots.map(({ time, zone }) => ({ time, zone })),
      [
        { time: at('2023-11-14T21:13:20.120Z'), zone: 'given' },
        { time: at('2023-11-14T21:14:20.150Z'), zone: 'given' },
      ],
    );
    assert.deepEqual(
      facts.snapshots.map((snapshot) => snapshot.line),
      [6, 20],
    );
  });

  const locales: [string, Language][] = [
    ['14.11.2023 22:13:20,12', 'german'],
    ['14/11/2023 22:13:20,12', 'french'],
    ['mardi 14 novembre 2023 22:13:20', 'french'],
    ['Dienstag, 14. November 2023 22:13:20', 'german'],
    ['Tuesday, November 14, 2023 10:13:20 PM', 'english'],
    ['martes, 14 de noviembre de 2023 22:13:20', 'spanish'],
    ['14 ноября 2023 г. 22:13:20', 'russian'],
    ['2023/11/14 周二 22:13:20.12', 'chinese'],
    ['2023-11-14T22:13:20', 'english'],
    ['--- 2023-11-14 22:13:20 ---', 'english'],
    ['14.11.2023\r\n22:13:20,12', 'german'],
    ['The current date is: Tue 11/14/2023 \r\nThe current time is: 22:13:20.12', 'english'],
  ];
  for (const [line, language] of locales) {
    it(`reads the time "${line.replace('\r\n', '", "')}"`, () => {
      const { time, zone } = read(`${line}\r\n${netstat(language)}`).snapshots[0]!;
      assert.equal(time! / 1_000_000_000n, at('2023-11-14T22:13:20Z') / 1_000_000_000n);
      assert.equal(zone, 'assumed');
    });
  }

  it('takes a time behind a long label for its own only where it follows at once', () => {
    const boot = 'System Boot Time:          11/10/2023, 8:01:02 AM\r\n';
    const more = Array.from({ length: 20 }, (_, index) => `Hotfix(s):                 [${index}] installed\r\n`).join(
      '',
    );
    const taken = 'Taken by the monitoring script at: 11/10/2023 8:01:02 AM\r\n';
    assert.equal(read(boot + more + netstat('english')).snapshots[0]!.time, null);
    assert.equal(read(taken + netstat('english')).snapshots[0]!.time, at('2023-11-10T08:01:02Z'));
  });

  it('knows a zone that is stated', () => {
    const facts = read(`2023-11-14T22:13:20+01:00\n${netstat('english')}`, { utcOffset: '-05:00' });
    assert.deepEqual([facts.snapshots[0]!.time, facts.snapshots[0]!.zone], [at('2023-11-14T21:13:20Z'), 'stated']);
  });

  it('trusts only the last where none has a time', () => {
    const facts = read(netstat('english') + netstat('english'));
    assert.deepEqual(
      facts.snapshots.map(({ complete }) => complete.ipv4),
      [false, true],
    );
  });

  it('places one without a time after the one before it, and draws nothing from it', () => {
    const facts = read(
      `2023-11-14 22:13:20\r\n${netstat('english')}${netstat('english')}\r\n2023-11-14 22:14:20\r\n${netstat('english')}`,
    );
    assert.deepEqual(
      facts.snapshots.map(({ time, complete }) => [time, complete.ipv4]),
      [
        [at('2023-11-14T22:13:20Z'), true],
        [at('2023-11-14T22:13:20Z'), false],
        [at('2023-11-14T22:14:20Z'), true],
      ],
    );
  });

  it('joins the two families of one moment under one time', () => {
    const v4 = netstat(
      'english',
      ROWS.filter((row) => !row.local.startsWith('[')),
    );
    const v6 = netstat(
      'english',
      ROWS.filter((row) => row.local.startsWith('[')),
    );
    const facts = read(`2023-11-14 22:13:20\r\n${v4}\r\n${v6}`);
    assert.deepEqual(
      facts.snapshots.map(({ time }) => time),
      [at('2023-11-14T22:13:20Z'), at('2023-11-14T22:13:20Z')],
    );
    assert.deepEqual(
      facts.snapshots.map(({ complete }) => complete),
      [
        { ipv4: true, ipv6: false },
        { ipv4: false, ipv6: true },
      ],
    );
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
