import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, read, rowsOf } from './read.ts';
import { type Language, netstat, ROWS } from './samples.ts';

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
      [{ file: 'evidence.txt', line: 7 }],
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
