import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS, oemWestern } from './encoders.ts';
import { TEXT } from './events.ts';
import { at, read } from './read.ts';

interface XmlEvent {
  id: number | string;
  time: string;
  source?: string;
  message?: string;
  quote?: string;
}

function xmlEvent({ id, time, source = 'Tcpip', message, quote = "'" }: XmlEvent): string {
  const rendered =
    message === undefined
      ? ''
      : `<RenderingInfo Culture=${quote}de-DE${quote}><Message>${message}</Message><Level>Warnung</Level></RenderingInfo>`;
  return `<Event xmlns=${quote}http://schemas.microsoft.com/win/2004/08/events/event${quote}><System><Provider Name=${quote}${source}${quote}/><EventID Qualifiers=${quote}32768${quote}>${id}</EventID><Level>3</Level><Task>0</Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime=${quote}${time}${quote}/><EventRecordID>4711</EventRecordID><Channel>System</Channel><Computer>SRV</Computer><Security/></System><EventData><Data></Data><Binary>00000000</Binary></EventData>${rendered}</Event>`;
}

const THREE: XmlEvent[] = [
  { id: 4227, time: '2023-11-14T22:13:20.123456700Z' },
  { id: 4231, time: '2023-11-14T22:14:20.000000000Z' },
  { id: 7036, time: '2023-11-14T22:15:20.000000000Z', source: 'Service Control Manager' },
  { id: 4266, time: '2023-11-14T22:16:20.5Z' },
];
const TIMES = [at('2023-11-14T22:13:20.123Z') + 456_700n, at('2023-11-14T22:14:20Z'), at('2023-11-14T22:16:20.500Z')];

describe('events as XML', () => {
  const forms: [string, string, number[]][] = [
    ['wevtutil, an event a line', THREE.map(xmlEvent).join('\r\n'), [1, 2, 4]],
    ['wevtutil, one after the other', THREE.map(xmlEvent).join(''), [1, 1, 1]],
    [
      'Event Viewer, with a root',
      `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>${THREE.map((event) => xmlEvent({ ...event, quote: '"' })).join('')}</Events>`,
      [2, 2, 2],
    ],
    ['rendered', THREE.map((event) => xmlEvent({ ...event, message: TEXT.german })).join('\n'), [1, 2, 4]],
    [
      'under the echo of the command',
      `\r\nC:\\>wevtutil qe System /f:xml\r\n${THREE.map(xmlEvent).join('\r\n')}`,
      [3, 4, 6],
    ],
    ['indented', THREE.map((event) => xmlEvent(event).replaceAll('><', '>\n  <')).join('\n'), []],
  ];
  for (const [name, xml, lines] of forms) {
    for (const [encoding, encode] of Object.entries({
      ...ENCODERS,
      'code page 850': oemWestern,
      'code page 1252': ansiWestern,
    })) {
      it(`are read from ${name} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(xml));
        assert.deepEqual(
          facts.events.map(({ time }) => time),
          TIMES,
        );
        assert.deepEqual(
          facts.events.map(({ numbers }) => numbers),
          [[4227], [4231], [4266]],
        );
        assert.deepEqual(facts.unreadable, []);
        if (lines.length > 0)
          assert.deepEqual(
            facts.events.map(({ place }) => place?.line),
            lines,
          );
        if (name === 'rendered') assert.equal(facts.events[0]!.text, TEXT.german);
      });
    }
  }

  it('take the id from the low 16 bits, and Tcpip alone for the source', () => {
    const events = [
      { id: 2147487875, time: '2023-11-14T22:13:20Z' },
      { id: 4227, time: '2023-11-14T22:13:20Z', source: 'SomethingElse' },
      { id: 4227, time: '2023-11-14T22:13:21Z', source: 'Microsoft-Windows-TCPIP' },
    ];
    assert.deepEqual(
      read(events.map(xmlEvent).join('\n')).events.map(({ numbers, place }) => [numbers, place?.line]),
      [
        [[4227], 1],
        [[4227], 3],
      ],
    );
  });

  it('of other sources count where their text names the error, with the endpoints that it names', () => {
    const message =
      'connect to 127.0.0.1:8510 failed: WSAEADDRINUSE &amp; more; then [2001:DB8::1]:3200 &lt;error 10055&gt;';
    const [event] = read(xmlEvent({ id: 1000, source: 'MyService', time: '2023-11-14T22:13:20Z', message })).events;
    assert.deepEqual(event!.numbers, [10048, 10055]);
    assert.deepEqual(event!.endpoints, [
      { address: '127.0.0.1', port: 8510 },
      { address: '2001:db8::1', port: 3200 },
    ]);
    assert.match(event!.text, /WSAEADDRINUSE & more/);
  });

  it('are silent about a log of other sources', () => {
    const facts = read(xmlEvent(THREE[2]!));
    assert.deepEqual([facts.events, facts.unreadable], [[], []]);
  });

  it('lose only the event that is damaged or cut', () => {
    const [first, second, , last] = THREE.map(xmlEvent) as [string, string, string, string];
    const facts = read(
      [first.replace(/SystemTime='.*?'/, "SystemTime='soon'"), second.slice(0, 200), last, first.slice(0, -3)].join(
        '\n',
      ),
    );
    assert.deepEqual(
      facts.events.map(({ numbers }) => numbers),
      [[4266]],
    );
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [1, 2, 4],
    );
  });
});
