import type { z } from 'zod';
import type { FieldError, RequestPart } from './problem-error.ts';
import { fieldErrorOf } from './problem-error.ts';

type ZodIssue = z.core.$ZodIssue;

/** What a value that is absent fails with, depending on what was expected. */
const CODES_OF_ABSENCE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_union', 'invalid_value']);

/**
 * Lists every bad field of a failed parse. An unknown field is named itself, not its parent; a missing one
 * gets the code `required`, so that VAL_003 can be told from VAL_001.
 * @param issues of a parse with `reportInput`, without which a missing field cannot be told from a bad one
 * @param part of the request that was parsed
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

/** What an input is called in each part of a request. */
const WORDS: Readonly<Record<RequestPart, string>> = {
  body: 'field',
  parameter: 'parameter',
  header: 'header',
};

function isAbsent(issue: ZodIssue): boolean {
  if (!('input' in issue) || !CODES_OF_ABSENCE.has(issue.code ?? '')) return false;
  // Fastify hands over null for a request without a body.
  return issue.input === undefined || (issue.input === null && issue.path.length === 0);
}

/** A check of our own says by a parameter what is wrong. */
function codeOf(issue: ZodIssue): string {
  if (issue.code !== 'custom') return issue.code;
  const code: unknown = issue.params?.['code'];
  return typeof code === 'string' ? code : 'invalid';
}
