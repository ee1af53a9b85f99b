import type { z } from 'zod';
import type { FieldError, RequestPart } from './problem-error.ts';
import { fieldErrorOf } from './problem-error.ts';

type ZodIssue = z.core.$ZodIssue;

/** The codes of the issues of an absent value, depending on its schema. */
const CODES_OF_ABSENCE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_union', 'invalid_value']);

/**
 * Returns the errors of all invalid fields of a failed parse. An unknown field is named itself, not its parent. A
 * missing field has the code `required`, which distinguishes VAL_003 from VAL_001.
 * @param issues issues of a parse with `reportInput`, without which missing and invalid fields look the same
 * @param part part of the request that was parsed
 */
export function fieldErrorsOf(issues: readonly ZodIssue[], part: RequestPart = 'body'): FieldError[] {
  const word = WORDS[part];
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const fault = { message: `This ${word} is not known here.`, code: 'unknown_field' };
      return issue.keys.map((key) => fieldErrorOf(part, [...issue.path, key], fault));
    }
    const fault = isAbsent(issue)
      ? { message: `This ${word} is required.`, code: 'required' }
      : { message: issue.message, code: codeOf(issue) };
    return [fieldErrorOf(part, issue.path, fault)];
  });
}

/** The word for an input in each part of a request. */
const WORDS: Readonly<Record<RequestPart, string>> = {
  body: 'field',
  parameter: 'parameter',
  header: 'header',
};

function isAbsent(issue: ZodIssue): boolean {
  if (!('input' in issue) || !CODES_OF_ABSENCE.has(issue.code ?? '')) return false;
  // Fastify passes null for a request without a body.
  return issue.input === undefined || (issue.input === null && issue.path.length === 0);
}

/** Returns the code of an issue; our own checks set it as a parameter. */
function codeOf(issue: ZodIssue): string {
  if (issue.code !== 'custom') return issue.code;
  const code: unknown = issue.params?.['code'];
  return typeof code === 'string' ? code : 'invalid';
}
