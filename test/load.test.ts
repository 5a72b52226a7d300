import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const CLI = join(import.meta.dirname, '../src/cli.js');
const CAPTURE = join(import.meta.dirname, '../../test/captures/close_wait.pcap');

const analysed = (...flags: string[]) => execFileSync(process.execPath, [...flags, CLI, 'analyze', '--json', CAPTURE]);

describe('modules', () => {
  it('are loaded by a Node that cannot require them, too', () => {
    assert.ok(analysed('--no-experimental-require-module').equals(analysed()));
  });
});
