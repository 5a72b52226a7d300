/** Digest fields of RFC 9530, `sha-256` alone: it is what captures are known by. */
import type { IncomingHttpHeaders } from 'node:http';
import { PortledgerError } from '../../errors.ts';

const HEADERS = ['content-digest', 'repr-digest'] as const;
const SHA256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=,|$)/;

/**
 * The SHA-256 that was announced for the body, in hex; a body that is complete has one digest under both names.
 * Throws `digest-unsupported` where a digest was sent that cannot be checked: it must not look as if it had been.
 */
export function announcedDigest(headers: IncomingHttpHeaders): string | undefined {
  const digests = HEADERS.flatMap((name) => readDigest(name, headers[name]));
  if (new Set(digests).size > 1) {
    throw new PortledgerError('digest-mismatch', 'Content-Digest and Repr-Digest announce different digests');
  }
  return digests[0];
}

function readDigest(name: string, value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  const base64 = SHA256.exec([value].flat().join(','))?.[1];
  if (base64 === undefined) {
    throw new PortledgerError('digest-unsupported', `${name} holds no sha-256=:base64:, the one digest checked here`);
  }
  return [Buffer.from(base64, 'base64').toString('hex')];
}

/** Throws `digest-mismatch` when a digest was announced and the body has another. */
export function checkDigest(announced: string | undefined, sha256: string): void {
  if (announced === undefined || announced === sha256) return;
  throw new PortledgerError('digest-mismatch', `The body has the SHA-256 ${sha256}, but ${announced} was announced`);
}

/** A SHA-256 in hex as the value of Repr-Digest. */
export function digestField(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}
