import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type LookupFunction } from 'node:net';
import { test } from 'node:test';
import { PortledgerError } from '../../src/errors.ts';
import { checkedLookup, checkWebhookUrl, mayReach, parseAllowed } from '../../src/notify/addresses.ts';

const NOBODY = parseAllowed([]);
const refused = (error: unknown) => error instanceof PortledgerError && error.code === 'webhook-address-refused';

/** Forms of addresses within: loopback, private, link-local, metadata, carrier NAT, and IPv4 hidden in IPv6. */
const INNER_URLS = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://0.0.0.0:80/',
  'http://10.0.0.1/',
  'http://172.16.5.4/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://192.0.0.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://240.0.0.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::127.0.0.1]/',
  'http://[::8.8.8.8]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:53aa:64c:0:fffe:80ff:fffe]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://localhost/',
];

test('an address within is refused in every form that a URL may give it', async () => {
  for (const url of INNER_URLS) await assert.rejects(checkWebhookUrl(NOBODY, url), refused, url);
});

test('public addresses may be called, and a name that nobody knows yet', async () => {
  for (const url of ['https://8.8.8.8/hook', 'http://[2606:4700::1111]:8443/', 'https://tickets.invalid/x']) {
    await checkWebhookUrl(NOBODY, url);
  }
});

test('what is no URL to call is refused', async () => {
  for (const url of ['', 'tickets', 'ftp://8.8.8.8/', 'file:///etc/passwd', 'https://user:word@8.8.8.8/', 'http://']) {
    await assert.rejects(checkWebhookUrl(NOBODY, url), refused, url);
  }
});

test('the operator names hosts and ranges that may be called all the same', async () => {
  const allowed = parseAllowed(['10.1.0.0/16', 'fd00::/8', '192.168.7.7', '[::1]', 'Localhost']);
  for (const address of ['10.1.255.255', 'fd12::1', '192.168.7.7', '::1']) {
    assert.ok(mayReach(allowed, 'any', address), address);
  }
  for (const address of ['10.2.0.1', 'fe80::1', '192.168.7.8', '127.0.0.1', '::ffff:10.1.0.1']) {
    assert.ok(!mayReach(allowed, 'any', address), address);
  }
  await checkWebhookUrl(allowed, 'http://localhost:8080/hook');
  await assert.rejects(checkWebhookUrl(allowed, 'http://127.0.0.1:8080/hook'), refused);
});

test('an entry that is neither host nor range is named', () => {
  for (const entry of ['10.0.0.0/33', '10.0.0', 'http://a', 'a b', '*']) {
    assert.throws(
      () => parseAllowed(['ok.example', entry]),
      (error: unknown) =>
        error instanceof PortledgerError && error.code === 'configuration-invalid' && error.message.includes(entry),
      entry,
    );
  }
});

test('a socket gets checked addresses or none', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const opens = (lookup: LookupFunction) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host: 'localhost', port, lookup, autoSelectFamily: true });
      socket.once('error', reject).once('connect', () => resolve(void socket.destroy()));
    });
  await assert.rejects(opens(checkedLookup(NOBODY)), refused);
  await opens(checkedLookup(parseAllowed(['localhost'])));
});
