/** Schemas of the API alone: what stands in a path, and what answers have in common. */
import { type Static, type TSchema, Type } from 'typebox';
import { Problem } from '../contract/problem.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { PROBLEM_TYPE, statusOf } from './problem.ts';

export const JobId = Type.Object({ id: Type.String({ description: 'id of the job' }) });
export type JobId = Static<typeof JobId>;

export const CaptureId = Type.Object({ id: Type.String({ description: 'id of the capture' }) });
export type CaptureId = Static<typeof CaptureId>;

const PREFER = Type.Optional(
  Type.String({ description: '`wait=N`: answer when the job has ended, or after N seconds (55 at most)' }),
);

export const WaitHeaders = Type.Object({ prefer: PREFER });

const uploadFields = {
  'idempotency-key': Type.Optional(
    Type.String({
      maxLength: 255,
      description:
        'a repeat with this key is answered with what the first one made, for a day or until that is deleted',
    }),
  ),
  'content-digest': Type.Optional(
    Type.String({ description: '`sha-256=:base64:` of the body: checked when it is sent' }),
  ),
};
export const UploadHeaders = Type.Object(uploadFields);
export const SubmissionHeaders = Type.Object({ ...uploadFields, prefer: PREFER });

/** Answers by status for these codes, and those that every call may have. */
export function problems(...codes: ErrorCode[]): Record<string, unknown> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set<ErrorCode>(['unauthorized', ...codes, 'host-refused', 'unavailable'])) {
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  }
  const answers = [...byStatus].map(([status, known]) => [String(status), problemAnswer(known)]);
  return { ...Object.fromEntries(answers), default: content('Any other problem', { [PROBLEM_TYPE]: Problem }) };
}

function problemAnswer(codes: readonly ErrorCode[]) {
  const description = codes.map((code) => `\`${code}\`: ${ERRORS[code]}`).join('. ');
  return content(description, { [PROBLEM_TYPE]: Problem });
}

/** An answer, or a body, that has a media type of its own. */
export function content(description: string, types: Readonly<Record<string, TSchema>>) {
  const media = Object.entries(types).map(([type, schema]) => [type, { schema }]);
  return { description, content: Object.fromEntries(media) };
}

/** Bytes of any kind, as OpenAPI 3.1 has them: a media type and no schema to speak of. */
export const Bytes = Type.Unsafe<unknown>({ type: 'string', format: 'binary' });
/** A stream of text. */
export const Text = Type.Unsafe<unknown>({ type: 'string' });
