import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { ansiWestern, ENCODERS } from './encoders.ts';
import { brief, TEXT } from './events.ts';
import { at, read } from './read.ts';

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
