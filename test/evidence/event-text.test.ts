import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS, oemWestern } from './encoders.ts';
import { brief, TEXT } from './events.ts';
import { at, read } from './read.ts';

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
