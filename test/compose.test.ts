/** docker-compose.yml, held against what the code knows; by Docker itself where its client is there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { loadConfig, VARIABLES } from '../src/config.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { disable?: boolean };
}

const ROOT = join(import.meta.dirname, '..', '..');
const FILE = join(ROOT, 'docker-compose.yml');
const { services, volumes } = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};

/** `${NAME:-default}` as Compose fills it in without an .env file. */
function filled(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}

describe('docker-compose.yml', () => {
  it('sets only variables that exist, to values that are taken', () => {
    for (const role of ['api', 'worker']) {
      const environment = filled(services[role]!.environment!);
      for (const name of Object.keys(environment)) assert.ok(VARIABLES.includes(name), `${role}: ${name}`);
      const config = loadConfig(environment);
      assert.equal(config.databaseUrl, 'postgres://portledger:portledger@postgres:5432/portledger');
      assert.equal(config.redisUrl, 'redis://redis:6379');
      assert.equal(config.listenWithoutKeys, true);
    }
  });

  it('runs one API, and workers that scale', () => {
    assert.deepEqual(services.api!.command, ['node', 'dist/src/cli.js', 'api']);
    assert.deepEqual(services.worker!.command, ['node', 'dist/src/cli.js', 'worker']);
    assert.deepEqual(services.worker!.ports, []);
    assert.ok(services.api!.ports!.every((port) => port.startsWith('127.0.0.1:')));
    assert.deepEqual(services.worker!.volumes, services.api!.volumes);
    // The image's own check asks an API.
    assert.equal(services.api!.healthcheck, undefined);
    assert.equal(services.worker!.healthcheck?.disable, true);
  });

  it('keeps what Redis holds, and never evicts', () => {
    assert.deepEqual(services.redis!.command, [
      'redis-server',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
    ]);
  });

  it('pins its images and declares its volumes', () => {
    for (const { image } of Object.values(services)) if (image !== undefined) assert.match(image, /:\d+\.\d+/);
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    for (const volume of used) assert.ok(volume.split(':')[0]! in volumes, volume);
  });

  it('is what Docker Compose takes', (test) => {
    const { status, stderr, error } = spawnSync('docker', ['compose', '-f', FILE, 'config', '--quiet'], {
      encoding: 'utf8',
    });
    if (error !== undefined || /not a docker command|unknown (shorthand )?flag/.test(stderr)) {
      test.diagnostic('there is no docker compose here: the file was held against the code alone');
      return;
    }
    assert.equal(status, 0, stderr);
  });
});
