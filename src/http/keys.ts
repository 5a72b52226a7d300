/**
 * API keys. A key is 32 random bytes, so one round of SHA-256 keeps it as well as a slow password hash would: there is
 * nothing to guess. Only the hash is configured and kept in memory.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { PortledgerError } from '../errors.ts';

const PREFIX = 'pl_';
const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-fA-F]{64})$/;

export type NewKey = { key: string; entry: string };

/** A new key and the entry of `API_KEY_HASHES` that lets it in; without a name it is named after its hash. */
export function createKey(name?: string): NewKey {
  const key = PREFIX + randomBytes(32).toString('base64url');
  const hash = hashOf(key).toString('hex');
  const entry = `${name ?? `key-${hash.slice(0, 8)}`}:${hash}`;
  if (!ENTRY.test(entry)) {
    throw new PortledgerError('usage', `"${name}" cannot name a key: letters, digits, dots, dashes, at most 64`);
  }
  return { key, entry };
}

export type ApiKeys = {
  readonly count: number;
  /** The name of the key that a request's Authorization header holds; null when it holds none that is known. */
  nameOf(authorization: string | undefined): string | null;
};

/** Reads `API_KEY_HASHES`: `name:sha256 in hex`, comma-separated. Throws `configuration-invalid`. */
export function parseKeyHashes(text: string): ApiKeys {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseEntry);
  return { count: entries.length, nameOf: (authorization) => findName(entries, authorization) };
}

type Entry = { name: string; hash: Buffer };

function parseEntry(text: string, index: number): Entry {
  const match = ENTRY.exec(text);
  if (match === null) {
    throw new PortledgerError(
      'configuration-invalid',
      `API_KEY_HASHES: entry ${index + 1} is not name:sha256 with 64 hex digits`,
    );
  }
  return { name: match[1]!, hash: Buffer.from(match[2]!, 'hex') };
}

function findName(entries: readonly Entry[], authorization: string | undefined): string | null {
  const key = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return null;
  const hash = hashOf(key);
  let found: string | null = null;
  // Every entry is compared, so that the time does not tell which one matched.
  for (const entry of entries) {
    if (timingSafeEqual(entry.hash, hash)) found ??= entry.name;
  }
  return found;
}

const hashOf = (key: string) => createHash('sha256').update(key).digest();

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Refuses, with one sentence, to listen where others can reach a service that asks for no key.
 * Throws `configuration-invalid`: the entry points exit 2 on it.
 */
export function checkListenAddress(host: string, keys: ApiKeys, listenWithoutKeys: boolean): void {
  if (keys.count > 0 || listenWithoutKeys || isLoopback(host)) return;
  throw new PortledgerError(
    'configuration-invalid',
    `HOST ${host} can be reached by others and no API key is set: set API_KEY_HASHES (portledger key makes one), or LISTEN_WITHOUT_KEYS=yes if everyone may use this service`,
  );
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
