import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinEvidence, readEvidence } from '../../src/evidence/evidence.ts';
import { LINE_LIMIT } from '../../src/evidence/lines.ts';
import { ENCODERS } from './encoders.ts';
import { dynamicPorts, netstat } from './samples.ts';

const utf8 = ENCODERS['utf-8'];

describe('what is no companion file', () => {
  const files: [string, Uint8Array, RegExp][] = [
    ['an empty one', new Uint8Array(), /empty/],
    ['blanks', utf8('\r\n  \r\n'), /empty/],
    ['a binary event log', utf8('ElfFile\0\0\0\0'), /wevtutil qe FILE.evtx/],
    ['a capture', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0), /give it as a capture/],
    ['a pcapng', Uint8Array.of(10, 13, 13, 10, 0x1c, 0, 0, 0), /give it as a capture/],
    ['an archive', utf8('PK\x03\x04....'), /unpack/],
    ['octets', Uint8Array.from({ length: 900 }, (_, at) => (at * 131 + 7) & 0xff), /not a text file/],
    ['prose', utf8('Dear all,\nplease find attached what you asked for.\n'), /nothing that is known/],
    ['CLIXML', utf8('<Objs Version="1.1.0.1"><Obj/></Objs>'), /Export-Clixml/],
    ['a page', utf8('<!DOCTYPE html><html></html>'), /nothing that is known/],
  ];
  for (const [name, bytes, reason] of files) {
    it(`is refused with a reason: ${name}`, () => {
      const { unreadable, ...facts } = readEvidence('file', bytes);
      assert.equal(unreadable.length, 1);
      assert.deepEqual([unreadable[0]!.file, unreadable[0]!.line], ['file', 1]);
      assert.match(unreadable[0]!.reason, reason);
      assert.ok(Object.values(facts).every((list) => list.length === 0));
    });
  }

  it('is told by content, not by name', () => {
    assert.equal(readEvidence('events.xml', utf8(netstat('english'))).snapshots.length, 1);
    assert.equal(readEvidence('netstat.txt', utf8(dynamicPorts('german'))).dynamicPorts.length, 1);
  });
});

describe('hostile text', () => {
  it('is refused line by line above the limit, the rest stays', () => {
    const facts = readEvidence(
      'x',
      utf8(`${'A'.repeat(LINE_LIMIT + 1)}\n${netstat('english')}${'\t'.repeat(LINE_LIMIT * 3)}`),
    );
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [1, 14],
    );
    assert.equal(facts.snapshots.length, 1);
  });

  it('is named a bounded number of times', () => {
    const facts = readEvidence('x', utf8('  TCP    10.0.0.1\n'.repeat(5000)));
    assert.equal(facts.unreadable.length, 51);
    assert.match(facts.unreadable.at(-1)!.reason, /^4950 more/);
    assert.equal(facts.unreadable.at(-1)!.line, 5000);
  });

  const size = 1 << 19;
  const floods: Record<string, string> = {
    'ends of lines': '\r'.repeat(size),
    'blanks in lines': `${' '.repeat(LINE_LIMIT - 1)}\n`.repeat(size / LINE_LIMIT),
    colons: `${':'.repeat(LINE_LIMIT - 1)}\n`.repeat(size / LINE_LIMIT),
    digits: `${'1'.repeat(LINE_LIMIT - 1)}\n`.repeat(size / LINE_LIMIT),
    'letters and blanks': `${'a '.repeat(LINE_LIMIT / 2 - 1)}\n`.repeat(size / LINE_LIMIT),
    'rows of blanks': `TCP ${' 1'.repeat(LINE_LIMIT / 2 - 8)}\n`.repeat(size / LINE_LIMIT),
    dashes: `${'- '.repeat(LINE_LIMIT / 2 - 1)}\n`.repeat(size / LINE_LIMIT),
    quotes: `"LocalPort","LocalAddress"\n${'","'.repeat(size / 3)}`,
    'tabs and quotes': `${'\t"'.repeat(LINE_LIMIT / 2 - 1)}\n`.repeat(size / LINE_LIMIT),
    'dates that are none': `${'1/2/3 '.repeat(LINE_LIMIT / 6 - 1)}\n`.repeat(size / LINE_LIMIT),
    'begun events': `<Events>${'<Event '.repeat(size / 7)}`,
    'ended events': `<Events>${'</Event>'.repeat(size / 8)}`,
    'open tags in an event': `<Event ${'<Data'.repeat(100_000)}</Event>`,
    braces: '['.repeat(10) + '{'.repeat(size),
    'braces in lines': '{"a":{\n'.repeat(size / 8),
    'brackets after braces': '{[{['.repeat(size / 4),
    wrappers: '{"value":['.repeat(size / 10),
    'names of errors': `Event[0]:\nSource: Tcpip\nEvent ID: 4227\n${'error '.repeat(2000)}10048\n`.repeat(40),
  };
  for (const [name, text] of Object.entries(floods)) {
    it(`costs time in proportion to its length: ${name}`, () => {
      const half = elapsed(text.slice(0, text.length / 2));
      const whole = elapsed(text);
      assert.ok(whole < 16 * half + 2000, `${half} ms for the half, ${whole} ms for the whole`);
    });
  }
});

function elapsed(text: string): number {
  const bytes = utf8(text);
  const start = performance.now();
  readEvidence('x', bytes);
  return performance.now() - start;
}

describe('joinEvidence', () => {
  it('keeps the facts of all files in their order', () => {
    const parts = [
      readEvidence('a', utf8(netstat('english'))),
      readEvidence('b', utf8(dynamicPorts('french'))),
      readEvidence('c', utf8('?')),
    ];
    const joined = joinEvidence(parts);
    assert.deepEqual([joined.snapshots.length, joined.dynamicPorts.length, joined.unreadable.length], [1, 1, 1]);
    assert.equal(joined.unreadable[0]!.file, 'c');
  });
});
