/** One check for all input: the schemas that stand in the OpenAPI document, with errors that name what is wrong. */
import type { FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import type { ProblemPlace } from '../contract/problem.ts';
import type { ErrorCode } from '../errors.ts';
import { RequestError } from './problem.ts';

const MAX_PLACES = 10;

type Part = 'body' | 'query';
type Check = (value: unknown) => { value: unknown } | { error: Error };

/** Fastify's validator: query fields are converted to what the schema wants, a body is not. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }): Check => {
  const validator = Compile(schema);
  const part: Part = httpPart === 'body' ? 'body' : 'query';
  return (given) => {
    const value = part === 'body' ? given : fromQuery(schema, given as QueryFields);
    return validator.Check(value) ? { value } : { error: validationError(validator.Errors(value), part) };
  };
};

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
    if (!validator.Check(value)) throw validationError(validator.Errors(value), 'body');
    return value as Static<T>;
  };
}

type Fault = { code: ErrorCode; place: ProblemPlace };

function validationError(errors: readonly TLocalizedValidationError[], part: Part): RequestError {
  const faults = errors.flatMap((error) => faultsOf(error, part));
  // What does not exist comes first: it tells more than the alternatives that a union lists.
  faults.sort((a, b) => Number(b.code.endsWith('unknown')) - Number(a.code.endsWith('unknown')));
  const first = faults[0] ?? { code: 'request-invalid', place: { detail: 'The request cannot be understood' } };
  const places = faults.slice(0, MAX_PLACES).map(({ place }) => place);
  return new RequestError(first.code, first.place.detail, places);
}

function faultsOf(error: TLocalizedValidationError, part: Part): Fault[] {
  if (error.keyword === 'boolean') return []; // the same as additionalProperties, once more
  if (error.keyword === 'additionalProperties') {
    const names = (error.params as { additionalProperties: readonly string[] }).additionalProperties;
    return names.map((name) => unknownField(error.instancePath, name, part));
  }
  const name = nameOf(error.instancePath);
  const code = invalidCode(error.instancePath, part);
  return [{ code, place: placeOf(error.instancePath, part, `${name === '' ? 'The body' : name} ${error.message}`) }];
}

function unknownField(parent: string, name: string, part: Part): Fault {
  const path = `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const shown = JSON.stringify(name.slice(0, 80));
  const where = nameOf(parent) === '' ? '' : ` in ${nameOf(parent)}`;
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
