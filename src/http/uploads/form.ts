/** A job or a capture as a form: files and fields in any order. */
import { createHash } from 'node:crypto';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { PortledgerError } from '../../errors.ts';
import { letSend } from '../plugins/expectations.ts';
import { RequestError } from '../problem.ts';
import { announcedDigest, checkDigest } from './digest.ts';
import type { FileKind, Reception } from './receive.ts';

/** Parts that are files, by their names. */
const FILE_KINDS: Readonly<Record<string, FileKind>> = { file: 'capture', evidence: 'evidence' };
const FIELD_BYTES = 512 * 1024;

const NAMELESS = 'A part of the form has no name, which its Content-Disposition gives';

export const FORM_LIMITS = {
  files: 1100,
  fields: 10,
  parts: 1100,
  fieldNameSize: 100,
  fieldSize: FIELD_BYTES,
  headerPairs: 50,
  // The store has the limit: the form's reader would cut a file at its own and say nothing.
  fileSize: Number.POSITIVE_INFINITY,
};

/** Takes the files into the reception and gives the fields back, read as JSON. `fieldNames` are those that exist. */
export async function readForm(
  request: FastifyRequest,
  reception: Reception,
  fieldNames: readonly string[],
): Promise<Record<string, unknown>> {
  const checkDigest = watchDigest(request);
  const fields: Record<string, unknown> = {};
  letSend(request.raw);
  for await (const part of partsOf(request)) {
    if ((part.fieldname as string | undefined) === undefined) throw new RequestError('request-invalid', NAMELESS);
    if (part.type === 'file') await reception.takePart(part, fileKind(part, fieldNames));
    else readField(part, fields, fieldNames);
  }
  checkDigest();
  return fields;
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<MultipartFile | MultipartValue> {
  try {
    yield* request.parts();
  } catch (error) {
    throw formError(error);
  }
}

/** The form's reader has codes for its limits; what else it throws says that the form is cut or no form. */
function formError(cause: unknown): unknown {
  if (cause instanceof PortledgerError) return cause;
  const { code, message } = cause as { code?: string; message?: string };
  if (code?.startsWith('FST_') && code !== 'FST_MP_PREMATURE_CLOSE') return cause;
  if (/boundary|content.?type/i.test(message ?? '')) {
    return new PortledgerError('body-malformed', 'The Content-Type of the form has no usable boundary', { cause });
  }
  return new PortledgerError('body-incomplete', 'The form broke off before its closing boundary', { cause });
}

function fileKind({ fieldname }: MultipartFile, fieldNames: readonly string[]): FileKind {
  const kind = Object.hasOwn(FILE_KINDS, fieldname) ? FILE_KINDS[fieldname] : undefined;
  if (kind !== undefined) return kind;
  if (!fieldNames.includes(fieldname)) throw unknownPart(fieldname, fieldNames);
  throw new RequestError('request-invalid', `${fieldname} came as a file, but is a field (with curl: <, not @)`);
}

function readField(part: MultipartValue, fields: Record<string, unknown>, fieldNames: readonly string[]): void {
  const { fieldname: name, value } = part;
  if (Object.hasOwn(FILE_KINDS, name)) {
    throw new RequestError('request-invalid', `${name} came as a field, but is a file (with curl: -F ${name}=@PATH)`);
  }
  if (!fieldNames.includes(name)) throw unknownPart(name, fieldNames);
  if (Object.hasOwn(fields, name)) throw new RequestError('request-invalid', `${name} came twice`);
  const { valueTruncated } = part as { valueTruncated?: boolean };
  if (valueTruncated) throw new RequestError('body-too-large', `${name} is longer than ${FIELD_BYTES} bytes`);
  fields[name] = typeof value === 'string' ? parseJson(name, value) : value;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError('body-malformed', `${name} is not valid JSON`, [
      { pointer: `/${name}`, detail: 'not valid JSON' },
    ]);
  }
}

function unknownPart(name: string, fieldNames: readonly string[]): RequestError {
  const known = [...Object.keys(FILE_KINDS), ...fieldNames].join(', ');
  const shown = JSON.stringify(name.slice(0, 80));
  return new RequestError('field-unknown', `There is no field ${shown} in the form, but ${known}`, [
    { pointer: `/${name.slice(0, 80)}`, detail: `known are ${known}` },
  ]);
}

/** The announced digest is that of the whole form. What it returns throws `digest-mismatch` when the form is another. */
function watchDigest(request: FastifyRequest): () => void {
  const announced = announcedDigest(request.headers);
  if (announced === undefined) return () => undefined;
  const hash = createHash('sha256');
  request.raw.on('data', (chunk: Buffer) => hash.update(chunk));
  return () => checkDigest(announced, hash.digest('hex'));
}
