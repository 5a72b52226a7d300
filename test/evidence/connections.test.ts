import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EvidenceFacts, SocketRow } from '../../src/contract/evidence.ts';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS, oemWestern } from './encoders.ts';

const read = (text: string, options = {}): EvidenceFacts => readEvidence('tcp.txt', ENCODERS['utf-8'](text), options);
const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;
const rowsOf = (facts: EvidenceFacts, snapshot = 0): SocketRow[] => [...facts.snapshots[snapshot]!.rows];
const brief = (row: SocketRow): unknown[] => [
  row.localAddress,
  row.localPort,
  row.remoteAddress,
  row.remotePort,
  row.state,
  row.pid,
];

const BRIEF = [
  ['::', 135, '::', 0, 'LISTENING', 892],
  ['0.0.0.0', 135, '0.0.0.0', 0, 'LISTENING', 892],
  ['0.0.0.0', 58430, '0.0.0.0', 0, 'BOUND', 10684],
  ['10.1.1.10', 50123, '10.2.0.1', 3200, 'ESTABLISHED', 4711],
  ['10.1.1.10', 50124, '10.2.0.1', 3200, 'TIME_WAIT', 0],
];

const TABLE = `
LocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningProcess
------------                        --------- -------------                       ---------- -----       -------------- -------------
::                                  135       ::                                  0          Listen                     892
0.0.0.0                             135       0.0.0.0                             0          Listen                     892
0.0.0.0                             58430     0.0.0.0                             0          Bound                      10684
10.1.1.10                           50123     10.2.0.1                            3200       Established Internet       4711
10.1.1.10                           50124     10.2.0.1                            3200       TimeWait                   0

`;

const list = (created: string): string =>
  BRIEF.map(
    ([local, localPort, remote, remotePort, state, pid]) => `
LocalAddress   : ${local}
LocalPort      : ${localPort}
RemoteAddress  : ${remote}
RemotePort     : ${remotePort}
State          : ${WORD[state as string]}
AppliedSetting : ${state === 'ESTABLISHED' ? 'Internet' : ''}
OwningProcess  : ${pid}
CreationTime   : ${created}
OffloadState   : InHost
`,
  ).join('\n');

const WORD: Record<string, string> = {
  LISTENING: 'Listen',
  BOUND: 'Bound',
  ESTABLISHED: 'Established',
  TIME_WAIT: 'TimeWait',
};
const NUMBER: Record<string, number> = { LISTENING: 2, BOUND: 100, ESTABLISHED: 5, TIME_WAIT: 11 };

const NAMES = ['CreationTime', 'LocalAddress', 'LocalPort', 'OwningProcess', 'RemoteAddress', 'RemotePort', 'State'];

function csv(created: string, delimiter = ',', extra: [name: string, value: string][] = []): string {
  const quote = (fields: unknown[]) => fields.map((field) => `"${field}"`).join(delimiter);
  const rows = BRIEF.map(([local, localPort, remote, remotePort, state, pid]) =>
    quote([
      created,
      local,
      localPort,
      pid,
      remote,
      remotePort,
      WORD[state as string],
      ...extra.map(([, value]) => value),
    ]),
  );
  return `${[quote([...NAMES, ...extra.map(([name]) => name)]), ...rows].join('\r\n')}\r\n`;
}

function objects(created: unknown, state: (state: string) => unknown): object[] {
  return BRIEF.map(([LocalAddress, LocalPort, RemoteAddress, RemotePort, word, OwningProcess]) => ({
    CimClass: { CimSuperClassName: 'MSFT_NetTransportConnection', CimClassQualifiers: [{ Name: 'dynamic' }] },
    LocalAddress,
    LocalPort,
    RemoteAddress,
    RemotePort,
    State: state(word as string),
    OwningProcess,
    CreationTime: created,
  }));
}

describe('Get-NetTCPConnection as a table', () => {
  it('yields every row, an empty AppliedSetting notwithstanding', () => {
    const facts = read(TABLE);
    assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
    assert.deepEqual(facts.unreadable, []);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: true });
    assert.deepEqual(
      rowsOf(facts).map((row) => row.line),
      [4, 5, 6, 7, 8],
    );
  });

  it('does without the columns that a narrow console drops', () => {
    const narrow = TABLE.replaceAll(/^(.{119}).*$/gm, '$1');
    assert.deepEqual(
      rowsOf(read(narrow)).map((row) => [row.localPort, row.state, row.pid]),
      [
        [135, 'LISTENING', null],
        [135, 'LISTENING', null],
        [58430, 'BOUND', null],
        [50123, 'ESTABLISHED', null],
        [50124, 'TIME_WAIT', null],
      ],
    );
  });

  it('joins a name that the console broke in two', () => {
    const text = `
LocalAddress LocalPort RemoteAddress RemotePort State       AppliedSetting OwningPr
                                                                           ocess
------------ --------- ------------- ---------- -----       -------------- --------
10.1.1.10    50123     10.2.0.1      3200       Established Internet       4711
0.0.0.0      135       0.0.0.0       0          Listen                     892
`;
    assert.deepEqual(
      rowsOf(read(text)).map((row) => row.pid),
      [4711, 892],
    );
  });

  it('names an address that is cut short, and doubts the family it belongs to', () => {
    const cut = TABLE.replace(
      '10.1.1.10                           50123 ',
      '2a01:4f8:0:...:7231:8d4f:1c2e      50123 ',
    );
    const facts = read(cut);
    assert.match(facts.unreadable[0]!.reason, /cut short/);
    assert.equal(facts.unreadable[0]!.line, 7);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: false });
    assert.equal(rowsOf(facts)[3]!.localAddress, null);
  });

  it('takes the time before each of many', () => {
    const facts = read(
      `Tuesday, November 14, 2023 10:13:20 PM\n${TABLE}\nTuesday, November 14, 2023 10:14:20 PM\n${TABLE}`,
    );
    assert.deepEqual(
      facts.snapshots.map((snapshot) => snapshot.time),
      [at('2023-11-14T22:13:20Z'), at('2023-11-14T22:14:20Z')],
    );
  });

  it('refuses a damaged row by line', () => {
    const facts = read(TABLE.replace('3200       Established Internet       4711', '32'));
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [7],
    );
    assert.equal(facts.snapshots[0]!.complete.ipv4, false);
  });
});

describe('Get-NetTCPConnection as a list', () => {
  const created: [string, string][] = [
    ['english', '11/14/2023 9:13:20 PM'],
    ['german', '14.11.2023 21:13:20'],
    ['french', '14/11/2023 21:13:20'],
  ];
  for (const [language, time] of created) {
    for (const [encoding, encode] of Object.entries({
      ...ENCODERS,
      'code page 850': oemWestern,
      'code page 1252': ansiWestern,
    })) {
      it(`is the same with ${language} times as ${encoding}`, () => {
        const facts = readEvidence('x', encode(list(time)), { utcOffset: '+01:00' });
        assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
        assert.deepEqual(rowsOf(facts)[3]!.created, at('2023-11-14T20:13:20Z'));
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  it('makes a snapshot of each run', () => {
    const facts = read(
      `2023-11-14 22:13:20\n${list('14.11.2023 21:13:20')}\n2023-11-14 22:14:20\n${list('14.11.2023 21:13:20')}`,
    );
    assert.deepEqual(
      facts.snapshots.map(({ rows }) => rows.length),
      [5, 5],
    );
  });
});

describe('Get-NetTCPConnection as CSV', () => {
  const type = '#TYPE Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/MSFT_NetTCPConnection\r\n';
  for (const [name, head] of [
    ['with', type],
    ['without', ''],
  ] as const) {
    for (const delimiter of [',', ';', '\t']) {
      it(`is read ${name} a type line and with ${JSON.stringify(delimiter)}`, () => {
        const facts = read(head + csv('14.11.2023 21:13:20', delimiter));
        assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
        assert.equal(rowsOf(facts)[0]!.created, at('2023-11-14T21:13:20Z'));
        assert.deepEqual(facts.unreadable, []);
        assert.equal(facts.snapshots[0]!.time, null);
      });
    }
  }

  it('takes the time of the snapshot from a column of its own', () => {
    const runs = ['11/14/2023 10:13:20 PM', '11/14/2023 10:14:20 PM'].map((time) =>
      csv('11/14/2023 9:13:20 PM', ',', [['Taken', time]]),
    );
    const facts = read(runs[0] + runs[1]!.slice(runs[1]!.indexOf('\n') + 1), { utcOffset: '+00:00' });
    assert.deepEqual(
      facts.snapshots.map(({ time }) => time),
      [at('2023-11-14T22:13:20Z'), at('2023-11-14T22:14:20Z')],
    );
    assert.deepEqual(
      facts.snapshots.map(({ rows }) => rows.length),
      [5, 5],
    );
  });

  it('refuses a record with a field too few, and keeps the others', () => {
    const facts = read(csv('').replace('"10.1.1.10","50123",', '"10.1.1.10"'));
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [5],
    );
    assert.equal(rowsOf(facts).length, 4);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: false, ipv6: false });
  });
});

describe('Get-NetTCPConnection as JSON', () => {
  const forms: [string, string][] = [
    [
      'PowerShell 5, numbers and /Date()/',
      JSON.stringify(
        objects('/Date(1699996400000)/', (state) => NUMBER[state]),
        null,
        4,
      ).replaceAll('/', '\\/'),
    ],
    ['PowerShell 7, ISO times', JSON.stringify(objects('2023-11-14T22:13:20.0000000+01:00', (state) => NUMBER[state]))],
    [
      'PowerShell 7, -EnumsAsStrings',
      JSON.stringify(
        objects('2023-11-14T21:13:20Z', (state) => WORD[state]),
        null,
        2,
      ),
    ],
    [
      'PowerShell 5, wrapped in value and Count',
      JSON.stringify(
        {
          value: objects({ value: '/Date(1699996400000)/', DisplayHint: 2, DateTime: 'x' }, (state) => NUMBER[state]),
          Count: 5,
        },
        null,
        4,
      ),
    ],
    [
      'an object a line',
      objects('/Date(1699996400000+0100)/', (state) => WORD[state])
        .map((object) => JSON.stringify(object))
        .join('\n'),
    ],
  ];
  for (const [name, text] of forms) {
    it(`is read from ${name}`, () => {
      const facts = read(text);
      assert.deepEqual(facts.unreadable, []);
      assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
      assert.deepEqual(new Set(rowsOf(facts).map((row) => row.created)), new Set([at('2023-11-14T21:13:20Z')]));
    });
  }

  it('keeps the objects before the end of a text that is cut', () => {
    const text = JSON.stringify(
      objects('/Date(1699996400000)/', (state) => NUMBER[state]),
      null,
      2,
    );
    const facts = read(text.slice(0, -40));
    assert.equal(rowsOf(facts).length, 4);
    assert.match(facts.unreadable[0]!.reason, /ends inside an object/);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: false, ipv6: false });
  });

  it('refuses one bad object by line and keeps the others', () => {
    const text = JSON.stringify(
      objects(null, (state) => WORD[state]),
      null,
      2,
    ).replace('"LocalPort": 58430,', '"LocalPort": ,');
    const facts = read(text);
    assert.equal(rowsOf(facts).length, 4);
    assert.equal(facts.unreadable.length, 1);
  });

  it('is one row for a single object', () => {
    assert.deepEqual(rowsOf(read(JSON.stringify(objects(null, (state) => WORD[state])[3]))).map(brief), [BRIEF[3]]);
  });
});
