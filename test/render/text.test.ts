import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderText } from '../../src/render/text.ts';
import { finding, HOSTILE, hostileReport, hugeReport, report } from './reports.ts';

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

describe('the text report', () => {
  it('is short first: the verdict, why, what to do', () => {
    const text = renderText(report());
    const places = [
      'ran out of local ports',
      'WHY',
      'WHAT TO DO',
      'EVIDENCE',
      'ALSO FOUND',
      'LEFT OPEN',
      'RULED OUT',
      'TARGETS',
    ];
    const found = places.map((place) => text.indexOf(place));
    assert.ok(found.every((at) => at >= 0));
    assert.deepEqual(
      found,
      found.toSorted((a, b) => a - b),
    );
  });

  it('gives each system its line and takes the backticks away', () => {
    const text = renderText(report());
    assert.match(text, /^ *Windows: netsh int ipv4 show dynamicport tcp$/m);
    assert.match(text, /^ *Linux: sysctl net\.ipv4\.ip_local_port_range$/m);
  });

  it('wraps sentences at the width, and has no colour unless asked', () => {
    const long = finding({ explanation: 'word '.repeat(200).trim() });
    for (const width of [60, 100]) {
      const lines = renderText(report({ findings: [long] }), { width }).split('\n');
      assert.ok(lines.filter((line) => line.startsWith('word')).every((line) => line.length <= width));
    }
    assert.doesNotMatch(renderText(report()), ESCAPES);
    assert.equal(renderText(report(), { color: true }).replaceAll(ESCAPES, ''), renderText(report()));
  });

  it('fits a terminal of 80 columns, and its tables do', () => {
    const lines = renderText(report({ captures: [...report().captures, ...report().captures] }), { width: 80 }).split(
      '\n',
    );
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
    assert.ok(lines.includes('- Remote: [2001:db8::1]:3200 · Attempts: 9,000 · Ports: 3,950 · Established:'));
    const wide = renderText(report(), { width: 120 }).split('\n');
    assert.ok(wide.some((line) => /^ {2}Remote +Attempts +Ports/.test(line)));
    assert.ok(wide.some((line) => /^ {2}\[2001:db8::1\]:3200 +9,000 +3,950/.test(line)));
  });

  it('breaks no command, which would be copied by halves', () => {
    const command = 'Get-NetTCPConnection -State Established -RemoteAddress 10.2.0.1 | Group-Object OwningProcess';
    const step = `Find the process. Windows (PowerShell): \`${command}\`. Linux: \`ss -tnp\`.`;
    const text = renderText(report({ findings: [finding({ nextSteps: [step] })] }), { width: 60 });
    assert.ok(text.includes(`\n  Windows (PowerShell):\n  ${command}\n  Linux: ss -tnp\n`), text);
  });

  it('has no comma behind a command at the end of a line, where it would be copied too', () => {
    const step = 'Windows: `reg add HKLM\\\\SYSTEM /v Delay /d 30 /f`, then restart. Linux: `ls .`, then `ls`.';
    const text = renderText(report({ findings: [finding({ nextSteps: [step] })] }), { width: 42 });
    assert.ok(text.includes('/d 30 /f\n  then restart.\n  Linux: ls ., then ls\n'), text);
  });

  it('sends nothing to the terminal that steers it', () => {
    for (const text of HOSTILE) {
      assert.doesNotMatch(renderText(hostileReport(text)).replaceAll('\n', ' '), /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }
  });

  it('stays readable for the largest report', () => {
    assert.ok(renderText(hugeReport()).split('\n').length < 350);
  });
});
