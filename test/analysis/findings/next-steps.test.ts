import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CAPTURE_AGAIN, CAPTURE_LOOPBACK } from '../../../src/analysis/findings/next-steps.ts';

describe('the commands that capture', () => {
  it('name snap length and filter before the first interface: behind it they hold for the last one alone', () => {
    for (const step of [CAPTURE_AGAIN, CAPTURE_LOOPBACK]) {
      const commands = [...step.matchAll(/`(dumpcap [^`]+)`/g)].map(([, command]) => command!);
      assert.equal(commands.length, 2);
      for (const command of commands) assert.match(command, /^dumpcap -s 128 -f tcp -i /);
    }
  });
});
