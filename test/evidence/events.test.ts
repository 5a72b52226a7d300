import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoggedEvent } from '../../src/contract/evidence.ts';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS, oemWestern } from './encoders.ts';

const utf8 = ENCODERS['utf-8'];
const read = (text: string, options = {}) => readEvidence('events', utf8(text), options);
const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;
const brief = ({ time, zone, numbers, place }: LoggedEvent) => ({ time, zone, numbers, line: place?.line });

const TEXT = {
  english:
    'TCP/IP failed to establish an outgoing connection because the selected local endpoint was recently used to connect to the same remote endpoint.',
  german:
    'Die TCP/IP-Verbindung konnte nicht hergestellt werden, da der ausgewählte lokale Endpunkt kürzlich für dieselbe Gegenstelle verwendet wurde.',
};

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

describe('events as text', () => {
  const english = `Event[0]:
  Log Name: System
  Source: Tcpip
  Date: 2023-11-14T22:13:20.123
  Event ID: 4227
  Task: N/A
  Level: Warning
  Opcode: N/A
  Keyword: Classic
  User: N/A
  User Name: N/A
  Computer: SRV
  Description:
${TEXT.english}

Event[1]:
  Log Name: System
  Source: Service Control Manager
  Date: 2023-11-14T22:13:50.000
  Event ID: 7036
  Level: Information
  Description:
The service entered the running state.

Event[2]:
  Log Name: System
  Source: Tcpip
  Date: 2023-11-14T22:14:20.0000000Z
  Event ID: 4231
  Description:
A request to allocate an ephemeral port number from the global TCP port space has failed.

`;
  const german = english
    .replaceAll(/Event\[/g, 'Ereignis[')
    .replaceAll('Log Name', 'Protokollname')
    .replaceAll('Source', 'Quelle')
    .replaceAll('Date', 'Datum')
    .replaceAll('Event ID', 'Ereignis-ID')
    .replaceAll('Description', 'Beschreibung')
    .replace(TEXT.english, TEXT.german);
  for (const [language, text] of Object.entries({ english, german })) {
    for (const [encoding, encode] of Object.entries({
      ...ENCODERS,
      'code page 850': oemWestern,
      'code page 1252': ansiWestern,
    })) {
      it(`are read from wevtutil in ${language} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(text), { utcOffset: '+01:00' });
        assert.deepEqual(facts.events.map(brief), [
          { time: at('2023-11-14T21:13:20.123Z'), zone: 'given', numbers: [4227], line: 1 },
          { time: at('2023-11-14T22:14:20Z'), zone: 'stated', numbers: [4231], line: 25 },
        ]);
        assert.equal(facts.events[0]!.text, TEXT[language as 'english' | 'german']);
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  it('are read from what Event Viewer copies', () => {
    const copied = `Log Name:      System\nSource:        Tcpip\nDate:          11/14/2023 10:13:20 PM\nEvent ID:      4227\nTask Category: None\nLevel:         Warning\nKeywords:      Classic\nUser:          N/A\nComputer:      SRV\nDescription:\n${TEXT.english}\nEvent Xml:\n`;
    const [event, ...others] = read(copied).events;
    assert.deepEqual(
      [brief(event!), others],
      [{ time: at('2023-11-14T22:13:20Z'), zone: 'assumed', numbers: [4227], line: 2 }, []],
    );
  });

  it('are read from the table and the list of Get-WinEvent and from Get-EventLog', () => {
    const table = `\n   ProviderName: Tcpip\n\nTimeCreated                     Id LevelDisplayName Message\n-----------                     -- ---------------- -------\n11/14/2023 10:13:20 PM        4227 Warning          TCP/IP failed to establish an outgoing...\n11/14/2023 10:14:20 PM        4231 Warning          A request to allocate an ephemeral...\n`;
    const list = `\nTimeCreated  : 11/14/2023 10:13:20 PM\nProviderName : Tcpip\nId           : 4227\nMessage      : TCP/IP failed to establish\n               an outgoing connection\n\nTimeCreated  : 11/14/2023 10:14:20 PM\nProviderName : Tcpip\nId           : 4231\nMessage      : A request\n`;
    const old =
      '\nIndex              : 4711\nEntryType          : Warning\nInstanceId         : 2147487875\nMessage            : TCP/IP failed\nSource             : Tcpip\nTimeGenerated      : 11/14/2023 10:13:20 PM\n\nIndex              : 4712\nEntryType          : Warning\nInstanceId         : 2147487879\nMessage            : A request\nSource             : Tcpip\nTimeGenerated      : 11/14/2023 10:14:20 PM\n';
    for (const text of [table, list, old]) {
      const { events } = read(text);
      assert.deepEqual(
        events.map(({ numbers, time }) => [numbers, time]),
        [
          [[4227], at('2023-11-14T22:13:20Z')],
          [[4231], at('2023-11-14T22:14:20Z')],
        ],
      );
    }
    assert.equal(read(list).events[0]!.text, 'TCP/IP failed to establish an outgoing connection');
  });
});

describe('events as CSV and JSON', () => {
  const viewer: Record<string, string> = {
    english: `Level,Date and Time,Source,Event ID,Task Category\r\nWarning,11/14/2023 10:13:20 PM,Tcpip,4227,None,"${TEXT.english}\r\nTo minimize the risk, ""wait""."\r\nInformation,11/14/2023 10:13:50 PM,Service Control Manager,7036,None,The service runs.\r\nWarning,11/14/2023 10:14:20 PM,Tcpip,4231,None,A request has failed.\r\n`,
    german: `Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\nWarnung,14.11.2023 22:13:20,Tcpip,4227,Keine,"${TEXT.german}\r\nWeiter."\r\nInformationen,14.11.2023 22:13:50,Service Control Manager,7036,Keine,Dienst läuft.\r\nWarnung,14.11.2023 22:14:20,Tcpip,4231,Keine,Keine freien Ports.\r\n`,
  };
  viewer['german, tabs'] = viewer.german!.replaceAll(',', '\t');
  for (const [language, text] of Object.entries(viewer)) {
    for (const [encoding, encode] of Object.entries({ ...ENCODERS, 'code page 1252': ansiWestern })) {
      it(`are read from Event Viewer in ${language} as ${encoding}`, () => {
        const facts = readEvidence('x', encode(text), { utcOffset: '+01:00' });
        assert.deepEqual(facts.events.map(brief), [
          { time: at('2023-11-14T21:13:20Z'), zone: 'given', numbers: [4227], line: 2 },
          { time: at('2023-11-14T21:14:20Z'), zone: 'given', numbers: [4231], line: 5 },
        ]);
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  it('are read from Get-WinEvent | Export-Csv and | ConvertTo-Json', () => {
    const csv = `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n"Message","Id","ProviderName","TimeCreated"\n"${TEXT.english}\nsecond line","4227","Tcpip","11/14/2023 10:13:20 PM"\n"other","7036","Service Control Manager","11/14/2023 10:13:21 PM"\n`;
    const record = {
      Message: TEXT.english,
      Id: 4227,
      ProviderName: 'Tcpip',
      TimeCreated: '/Date(1700000000000)/',
      Properties: [{ Value: '' }],
    };
    for (const text of [
      csv,
      JSON.stringify(record),
      JSON.stringify([record, { ...record, Id: 7036, ProviderName: 'x' }], null, 2),
    ]) {
      const facts = read(text);
      assert.deepEqual(
        facts.events.map(({ numbers, time }) => [numbers, time]),
        [[[4227], at('2023-11-14T22:13:20Z')]],
      );
      assert.deepEqual(facts.unreadable, []);
    }
  });
});
