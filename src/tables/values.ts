/** Values of columns: from the text of a filter, and from DuckDB's vectors to what JSON and CSV show. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Addresses } from '../analysis/segment/addresses.ts';
import type { Column } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';

/** As it is bound to a statement; a time is Unix nanoseconds as bigint. */
export type Value = string | number | bigint | boolean;

/** RFC 3339 with up to nine digits behind the second. */
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** The value that the text stands for in the column; throws `filter-invalid` when the column cannot have it. */
export function parseValue(column: Column, text: string): Value {
  const value = valueIn(column, text);
  if (value !== undefined) return value;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new PortledgerError('filter-invalid', `"${shown}" is no value of ${column.name}: ${expected(column)}`);
}

function valueIn(column: Column, text: string): Value | undefined {
  switch (column.type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'number':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'time':
      return parseTime(text);
    case 'address':
      return canonicalAddress(text);
    case 'enum':
      return column.values?.includes(text) ? text : undefined;
    case 'text':
      return text;
  }
}

function expected(column: Column): string {
  switch (column.type) {
    case 'integer':
      return 'a whole number is needed';
    case 'number':
      return 'a number is needed';
    case 'boolean':
      return 'true or false is needed';
    case 'time':
      return 'an RFC 3339 time is needed, as 2026-03-01T14:05:00Z (a + in a query is written %2B)';
    case 'address':
      return 'an IPv4 or IPv6 address is needed';
    case 'enum':
      return `it can be ${column.values?.join(', ')}`;
    case 'text':
      return 'a text is needed';
  }
}

/** Unix nanoseconds; undefined when the text is no time or lies outside what 64 bits hold (1677 to 2262). */
export function parseTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, date, clock, fraction = '', zone = 'Z'] = match;
  const local = `${date}T${clock}Z`;
  const milliseconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
  const echo = Date.parse(local);
  if (Number.isNaN(milliseconds) || Number.isNaN(echo)) return undefined;
  if (new Date(echo).toISOString() !== `${date}T${clock}.000Z`) return undefined; // Date rolls 30 February over into March
  const unix = BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return BigInt.asIntN(64, unix) === unix ? unix : undefined;
}

/** The address as the tables write it (RFC 5952), so that every spelling of it finds its rows. */
function canonicalAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 4) return text;
  if (family !== 6 || text.includes('%')) return undefined;
  const octets = Uint8Array.from(ipaddr.parse(text).toByteArray());
  const addresses = new Addresses();
  return addresses.text(addresses.idOf(6, addresses.internV6(new DataView(octets.buffer), 0)));
}
