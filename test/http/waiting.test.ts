import assert from 'node:assert/strict';
import { EventEmitter, getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FastifyReply } from 'fastify';
import { untilGone } from '../../src/http/waiting.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** As much of a reply as is needed: it is closed. */
const aReply = () => ({ raw: new EventEmitter() }) as unknown as Pick<FastifyReply, 'raw'>;

describe('waiting', () => {
  it('ends with the client, or with the service', () => {
    const stopping = new AbortController();
    const [first, second] = [aReply(), aReply()];
    const signals = [untilGone(first, stopping.signal), untilGone(second, stopping.signal)];
    first.raw.emit('close');
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    stopping.abort();
    assert.ok(signals[1]!.aborted);
    assert.ok(untilGone(aReply(), stopping.signal).aborted);
  });

  it('leaves nothing behind, however often', () => {
    const stopping = new AbortController();
    const usedAfter = (requests: number) => {
      for (let request = 0; request < requests; request++) {
        const reply = aReply();
        untilGone(reply, stopping.signal);
        reply.raw.emit('close');
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = usedAfter(1000);
    const bytes = usedAfter(100_000) - before;
    assert.ok(bytes < 2 ** 20, `${bytes} bytes after 100,000 requests`);
    assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
  });
});
