/**
 * Which addresses a webhook may reach. Whoever submits a job chooses the URL, so without this guard the service would
 * be a way into its own network (server-side request forgery).
 */
import { lookup as dnsLookup } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import ipaddr from 'ipaddr.js';
import { PortledgerError } from '../errors.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** IPv6 that is routed on the internet; all else (::/96, mapped, NAT64 prefixes, local ones) may lead to IPv4 within. */
const GLOBAL_V6: Range = ipaddr.parseCIDR('2000::/3');

/** A slow name server does not hold up a submission. */
const LOOKUP_PATIENCE_MS = 2000;

/** What `WEBHOOK_ALLOW` names: these are reached wherever they lie. */
export type Allowed = { readonly hosts: ReadonlySet<string>; readonly ranges: readonly Range[] };

/** Reads the entries of `WEBHOOK_ALLOW`: hosts, addresses and CIDR ranges. Throws `configuration-invalid`. */
export function parseAllowed(entries: readonly string[]): Allowed {
  const hosts = new Set<string>();
  const ranges: Range[] = [];
  for (const entry of entries.map((text) => text.toLowerCase())) {
    const range = parseRange(withoutBrackets(entry));
    if (range !== null) ranges.push(range);
    else if (/^[a-z_]([a-z0-9._-]*[a-z0-9])?$|^[0-9][a-z0-9._-]*[a-z]$/.test(entry)) hosts.add(entry);
    else throw new PortledgerError('configuration-invalid', `WEBHOOK_ALLOW: "${entry}" is no host and no CIDR range`);
  }
  return { hosts, ranges };
}

function parseRange(text: string): Range | null {
  const whole = isIP(text) === 0 ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`;
  return ipaddr.isValidCIDR(whole) ? ipaddr.parseCIDR(whole) : null;
}

/** Whether an address (text, IPv4 or IPv6) may be connected to on behalf of `host`. */
export function mayReach(allowed: Allowed, host: string, address: string): boolean {
  if (allowed.hosts.has(host.toLowerCase())) return true;
  const parsed = ipaddr.parse(address);
  return isPublic(parsed) || allowed.ranges.some((range) => lies(parsed, range));
}

function lies(address: Address, [range, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return range instanceof ipaddr.IPv4 && address.match(range, bits);
  return range instanceof ipaddr.IPv6 && address.match(range, bits);
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || lies(address, GLOBAL_V6));
}

/**
 * Checks a webhook's URL before it is kept: http or https, no user in it, and no address that may not be reached. A name
 * that cannot be resolved now passes: every delivery is checked again by `checkedLookup`. Throws
 * `webhook-address-refused`.
 */
export async function checkWebhookUrl(allowed: Allowed, text: string): Promise<void> {
  const host = hostOf(text);
  if (isIP(host) !== 0) return checkAddress(allowed, host, host);
  const unknown = delay(LOOKUP_PATIENCE_MS, [], { ref: false });
  const addresses = await Promise.race([resolve(host, { all: true }).catch(() => []), unknown]);
  for (const { address } of addresses) checkAddress(allowed, host, address);
}

/** Checks the URL of a call as far as no name is looked up: an address in a URL is connected to without any lookup. */
export function checkLiteralAddress(allowed: Allowed, text: string): void {
  const host = hostOf(text);
  if (isIP(host) !== 0) checkAddress(allowed, host, host);
}

function hostOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw refused('The URL of the webhook is no http or https URL');
  if (url.username !== '' || url.password !== '') {
    throw refused('The URL of the webhook holds a user name or a password; its secret signs the call instead');
  }
  return withoutBrackets(url.hostname);
}

/**
 * A `lookup` for sockets that gives out only addresses that were checked, and none at all when one of them may not be
 * reached. The socket connects to what was checked, so a second answer of the name server changes nothing.
 */
export function checkedLookup(allowed: Allowed): LookupFunction {
  return (host, options, callback) => {
    dnsLookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      try {
        for (const { address } of addresses) checkAddress(allowed, host, address);
      } catch (refusal) {
        return callback(refusal as PortledgerError, []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function checkAddress(allowed: Allowed, host: string, address: string): void {
  if (mayReach(allowed, host, address)) return;
  const place = host === address ? host : `${host} (${address})`;
  throw refused(`The webhook's address ${place} is not public; WEBHOOK_ALLOW can name hosts and ranges to be called`);
}

const refused = (message: string) => new PortledgerError('webhook-address-refused', message);

/** A URL has IPv6 addresses in brackets. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
