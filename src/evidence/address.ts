import ipaddr from 'ipaddr.js';

/** Leading zeros are octal to some and decimal to others: such an address is none. */
const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const V6 = /^[0-9a-f:.]{2,45}$/i;

/**
 * An address as the report writes it: dotted decimal, or RFC 5952 without zone; an IPv4-mapped one as the IPv4 address
 * that is on the wire. Null for what is no whole address: `*`, a name, one that the console cut short.
 */
export function canonicalAddress(text: string): string | null {
  const bare = withoutZone(text);
  const v4 = V4.exec(bare);
  if (v4) return Number(v4[1]) < 256 && Number(v4[2]) < 256 && Number(v4[3]) < 256 && Number(v4[4]) < 256 ? bare : null;
  if (!bare.includes(':') || !V6.test(bare) || !ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

function withoutZone(text: string): string {
  const inner = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const percent = inner.indexOf('%');
  return percent < 0 ? inner : inner.slice(0, percent);
}

/** A port of 0 to 65535; null for `*` and for service names. */
export function portNumber(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65535 ? port : null;
}

/** `address:port`, split at the last colon; macOS and BSD join them with a dot. */
export function splitEndpoint(text: string, separator: ':' | '.' = ':'): { address: string; port: string } | null {
  const at = text.lastIndexOf(separator);
  return at <= 0 ? null : { address: text.slice(0, at), port: text.slice(at + 1) };
}
