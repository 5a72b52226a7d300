/** One check for all input: the schemas that stand in the OpenAPI document, with errors that name what is wrong. */
import type { FastifyInstance } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import type { ProblemPlace } from '../contract/problem.ts';
import type { ErrorCode } from '../errors.ts';
import { RequestError } from './problem.ts';

const MAX_PLACES = 10;

type Part = 'body' | 'query';
/** What Fastify hands to a validator's compiler; a body has a schema for each media type. */
type RouteSchema = { schema: TSchema; httpPart?: string | undefined; contentType?: string };
type Check = (value: unknown) => { value: unknown } | { error: Error };

/**
 * Fastify's validator: query fields are converted to what the schema wants, a JSON body is not. Bodies of other types
 * are streams; their schemas are for the document, and who reads them checks them.
 */
export const compileValidator = ({ schema, httpPart, contentType }: RouteSchema): Check => {
  const stream = contentType !== undefined && contentType !== 'application/json';
  // Whatever an id is, the records look for it; header fields are read by who knows them.
  if (stream || httpPart === 'params' || httpPart === 'headers') return (value) => ({ value });
  const validator = Compile(schema);
  const part: Part = httpPart === 'body' ? 'body' : 'query';
  return (given) => {
    const value = part === 'body' ? given : fromQuery(schema, given as QueryFields);
    const faults = faultsOfValue(schema, validator, value, part);
    return faults.length === 0 ? { value } : { error: validationError(faults) };
  };
};

const NO_QUERY = Type.Object({}, { additionalProperties: false });

/** A route that names no query fields has none: a field that does nothing is a misunderstanding to be told. */
export function refuseUnknownQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/v1/')) return;
    route.schema = { querystring: NO_QUERY, ...route.schema };
  });
}

type QueryFields = Readonly<Record<string, string | string[]>>;
type Property = { type?: string };

/** Query fields are text: numbers are read where the schema wants them, and one value is a list of one. */
function fromQuery(schema: TSchema, fields: QueryFields): Record<string, unknown> {
  const { properties = {} } = schema as { properties?: Record<string, Property> };
  const converted = Object.entries(fields).map(([name, value]) => [name, convert(properties[name]?.type, value)]);
  return Object.fromEntries(converted);
}

function convert(type: string | undefined, value: string | string[]): unknown {
  if (type === 'array') return [value].flat();
  if (typeof value !== 'string') return value;
  const number = type === 'integer' ? /^-?\d{1,15}$/ : type === 'number' ? /^-?\d{1,15}(\.\d{1,15})?$/ : null;
  return number?.test(value) ? Number(value) : value;
}

/** A validator for values that Fastify does not see: fields of a form. Throws a RequestError. */
export function createCheck<T extends TSchema>(schema: T): (value: unknown) => Static<T> {
  const validator = Compile(schema);
  return (value) => {
    const faults = faultsOfValue(schema, validator, value, 'body');
    if (faults.length > 0) throw validationError(faults);
    return value as Static<T>;
  };
}

type Validator = Pick<ReturnType<typeof Compile>, 'Check' | 'Errors'>;
type Fault = { code: ErrorCode; place: ProblemPlace };

function validationError(faults: readonly Fault[]): RequestError {
  const places = faults.slice(0, MAX_PLACES).map(({ place }) => place);
  return new RequestError(faults[0]!.code, faults[0]!.place.detail, places);
}

function faultsOfValue(schema: TSchema, validator: Validator, value: unknown, part: Part): Fault[] {
  if (isDeeper(value, MAX_DEPTH)) return [{ code: 'request-invalid', place: placeOf('', part, TOO_DEEP) }];
  if (validator.Check(value)) return unstorableTexts(value, part);
  const many = excess(schema, value, part);
  return many.length > 0 ? many : faultsIn(validator.Errors(value), part);
}

/** No schema goes so deep; the validator goes as deep as the value does, until its stack is at an end. */
const MAX_DEPTH = 32;
const TOO_DEEP = `The body is nested deeper than ${MAX_DEPTH} levels`;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

type Bounded = { properties?: Record<string, Bounded>; maxItems?: number; maxProperties?: number };

/** Looked for first: the validator compares each of too many items with each, which for a megabyte takes minutes. */
function excess(schema: Bounded, value: unknown, part: Part, path = ''): Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  const [most, what] = Array.isArray(value) ? [schema.maxItems, 'items'] : [schema.maxProperties, 'properties'];
  if (most !== undefined && Object.keys(value).length > most) {
    const detail = `${nameOf(path)} must not have more than ${most} ${what}`;
    return [{ code: invalidCode(path, part), place: placeOf(path, part, detail) }];
  }
  const inner = value as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    excess(property, inner[name], part, `${path}/${name}`),
  );
}

function faultsIn(errors: readonly TLocalizedValidationError[], part: Part): Fault[] {
  const faults = errors.flatMap((error) => faultsOf(error, part));
  // What does not exist comes first: it tells more than the alternatives that a union lists.
  return faults.sort((a, b) => Number(b.code.endsWith('unknown')) - Number(a.code.endsWith('unknown')));
}

/** PostgreSQL's JSON has neither NUL nor half a surrogate pair. */
const UNSTORABLE = /[\0\p{Cs}]/u;

function unstorableTexts(value: unknown, part: Part, path = ''): Fault[] {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? [unstorable(path, part)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const place = `${path}/${name}`;
    return UNSTORABLE.test(name) ? [unstorable(place, part)] : unstorableTexts(inner, part, place);
  });
}

function unstorable(path: string, part: Part): Fault {
  const detail = `${nameOf(path)} holds a NUL or half a character`;
  return { code: invalidCode(path, part), place: placeOf(path, part, detail) };
}

function faultsOf(error: TLocalizedValidationError, part: Part): Fault[] {
  // Said twice: of the object, and of each field under `boolean`, where the schema `false` refuses it.
  if (error.keyword === 'additionalProperties') return [];
  if (error.keyword === 'boolean') return [unknownField(error.instancePath, part)];
  // A query field that may come more than once is one field to whoever wrote it.
  const path = part === 'query' ? error.instancePath.replace(/\/\d+$/, '') : error.instancePath;
  const name = path === '' ? 'The body' : nameOf(path);
  return [{ code: invalidCode(path, part), place: placeOf(path, part, `${name} ${complaintOf(error)}`) }];
}

function complaintOf(error: TLocalizedValidationError): string {
  if (error.keyword !== 'enum') return error.message;
  return `must be ${error.params.allowedValues.join(', ').replace(/, ([^,]*)$/, ' or $1')}`;
}

function unknownField(path: string, part: Part): Fault {
  const parent = path.slice(0, path.lastIndexOf('/'));
  const shown = JSON.stringify(nameOf(path.slice(parent.length)).slice(0, 80));
  const where = parent === '' ? '' : ` in ${nameOf(parent)}`;
  const what = part === 'query' ? 'query field' : 'field';
  const code = part === 'query' ? 'query-unknown' : inOptions(parent) ? 'option-unknown' : 'field-unknown';
  return { code, place: placeOf(path, part, `There is no ${what} ${shown}${where}`) };
}

const inOptions = (path: string) => path === '/options' || path.startsWith('/options/');

function invalidCode(path: string, part: Part): ErrorCode {
  if (part === 'query') return path === '/limit' ? 'limit-invalid' : 'query-invalid';
  return inOptions(path) ? 'option-invalid' : 'request-invalid';
}

function placeOf(path: string, part: Part, detail: string): ProblemPlace {
  return part === 'query' ? { parameter: nameOf(path), detail } : { pointer: path, detail };
}

/** `/options/portRange` as `options.portRange`. */
function nameOf(path: string): string {
  return path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}
