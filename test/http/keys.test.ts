import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { PortledgerError } from '../../src/errors.ts';
import { checkListenAddress, createKey, parseKeyHashes } from '../../src/http/keys.ts';

const refused = (part: RegExp) => (error: unknown) =>
  error instanceof PortledgerError && error.code === 'configuration-invalid' && part.test(error.message);

test('a new key is let in by its own entry and by no other', () => {
  const first = createKey('ticket-system');
  const second = createKey('admin');
  assert.match(first.key, /^pl_[A-Za-z0-9_-]{43}$/);
  assert.equal(first.entry, `ticket-system:${createHash('sha256').update(first.key).digest('hex')}`);
  assert.notEqual(first.key, second.key);
  const keys = parseKeyHashes(`${first.entry}, ${second.entry},`);
  assert.equal(keys.count, 2);
  assert.equal(keys.nameOf(`Bearer ${first.key}`), 'ticket-system');
  assert.equal(keys.nameOf(`bearer  ${second.key}`), 'admin');
  const other = createKey('other').key;
  for (const header of [undefined, '', first.key, `Basic ${first.key}`, `Bearer ${other}`, `Bearer ${first.entry}`]) {
    assert.equal(keys.nameOf(header), null, header);
  }
});

test('an entry in upper-case hex is the same entry', () => {
  const { key, entry } = createKey('a');
  assert.equal(parseKeyHashes(`a:${entry.slice(2).toUpperCase()}`).nameOf(`Bearer ${key}`), 'a');
});

test('an entry that cannot be read is named, and never printed', () => {
  assert.throws(() => parseKeyHashes(`${createKey('a').entry},pl_secret`), refused(/entry 2 /));
  assert.throws(
    () => parseKeyHashes('pl_secret'),
    (error: Error) => !error.message.includes('secret'),
  );
  assert.throws(
    () => createKey('a:b'),
    (error) => error instanceof PortledgerError && error.code === 'usage' && /"a:b"/.test(error.message),
  );
  assert.equal(parseKeyHashes('').count, 0);
});

test('without keys only loopback is listened on, unless told so', () => {
  const none = parseKeyHashes('');
  const some = parseKeyHashes(createKey('a').entry);
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) checkListenAddress(host, none, false);
  for (const host of ['0.0.0.0', '::', '10.0.0.5', 'portledger.example', '2001:db8::1']) {
    assert.throws(() => checkListenAddress(host, none, false), refused(/LISTEN_WITHOUT_KEYS=yes/), host);
    checkListenAddress(host, some, false);
    checkListenAddress(host, none, true);
  }
});
