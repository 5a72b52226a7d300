/** An error as a client sees it: RFC 9457 problem details with a stable `code`. */
import { type Static, Type } from 'typebox';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** One place in a request that is wrong: a JSON pointer into the body, or the name of a query field or header. */
export const ProblemPlace = Type.Object({
  pointer: Type.Optional(Type.String()),
  parameter: Type.Optional(Type.String()),
  detail: Type.String(),
});
export type ProblemPlace = Static<typeof ProblemPlace>;

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:portledger:error: and the code' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'stable: what a program matches' }),
    detail: Type.String({ description: 'one sentence with the numbers' }),
    instance: Type.Optional(Type.String({ description: 'the id of the request, as the log has it' })),
    errors: Type.Optional(Type.Array(ProblemPlace)),
  },
  { additionalProperties: true },
);
export type Problem = Static<typeof Problem>;

/** The problem of a code. The status is the caller's: of requests `http/problem.ts` knows it. */
export function problemOf(code: ErrorCode, status: number, detail: string): Problem {
  return { type: `urn:portledger:error:${code}`, title: ERRORS[code], status, code, detail };
}

/** The problem of a job that failed. No request failed with it: 422 says that its content could not be processed. */
export function failureProblem(failure: { readonly code: ErrorCode; readonly detail: string }): Problem {
  return problemOf(failure.code, 422, failure.detail);
}
