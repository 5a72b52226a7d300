import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { describeConfig, loadConfig, VARIABLES } from '../src/config.ts';
import { PortledgerError } from '../src/errors.ts';

const refused = (environment: Record<string, string>, message: RegExp) =>
  assert.throws(
    () => loadConfig(environment),
    (error) =>
      error instanceof PortledgerError && error.code === 'configuration-invalid' && message.test(error.message),
  );

describe('configuration', () => {
  it('has a default for everything', () => {
    const config = loadConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8080);
    assert.equal(config.dataDir, resolve('portledger-data'));
    assert.equal(config.databaseUrl, null);
    assert.equal(config.maxCaptureBytes, 107_374_182_400);
    assert.ok(config.workerConcurrency >= 1);
    assert.ok(Object.isFrozen(config));
  });

  it('reads each form', () => {
    const config = loadConfig({
      PORT: '0',
      PUBLIC_URL: 'https://ports.example.org/',
      DATABASE_URL: 'postgres://me:secret@db:5432/portledger',
      REDIS_URL: 'redis://cache:6379',
      LISTEN_WITHOUT_KEYS: 'yes',
      WEBHOOK_ALLOW: '10.0.0.0/8, tickets.internal',
      WEBHOOK_RETRY_SECONDS: '0.5,2',
    });
    assert.equal(config.port, 0);
    assert.equal(config.publicUrl, 'https://ports.example.org');
    assert.equal(config.databaseUrl, 'postgres://me:secret@db:5432/portledger');
    assert.equal(config.listenWithoutKeys, true);
    assert.deepEqual(config.webhookAllow, ['10.0.0.0/8', 'tickets.internal']);
    assert.deepEqual(config.webhookRetrySeconds, [0.5, 2]);
  });

  it('takes an empty variable for one that is not set', () => {
    assert.equal(loadConfig({ PORT: '', DATABASE_URL: ' ' }).port, 8080);
  });

  it('names the variable that is wrong, and keeps secrets to itself', () => {
    refused({ PORT: '80800' }, /^PORT is "80800", but a whole number from 0 to 65535 is needed$/);
    refused({ PORT: '0x50' }, /^PORT /);
    refused({ MAX_CAPTURE_BYTES: '10GB' }, /^MAX_CAPTURE_BYTES /);
    refused({ LISTEN_WITHOUT_KEYS: 'true' }, /^LISTEN_WITHOUT_KEYS /);
    refused({ WEBHOOK_RETRY_SECONDS: '5,soon' }, /^WEBHOOK_RETRY_SECONDS holds "soon"/);
    refused({ DATABASE_URL: 'mysql://me:hunter2@db/x' }, /^DATABASE_URL (?!.*hunter2)/);
    refused({ REDIS_URL: 'localhost' }, /^REDIS_URL /);
  });

  it('explains every variable in the help', () => {
    const lines = describeConfig().split('\n');
    assert.deepEqual(
      lines.map((line) => line.trim().split(' ')[0]),
      VARIABLES,
    );
    for (const line of lines) assert.match(line, /^ {2}[A-Z_]+ {2,}\S/);
  });
});
