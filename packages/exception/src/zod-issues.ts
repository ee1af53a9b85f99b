import type { z } from 'zod';
import type { FieldError } from './problem-error.ts';

type ZodIssue = z.core.$ZodIssue;

/** What a value that is absent fails with, depending on what was expected. */
const CODES_OF_ABSENCE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_union', 'invalid_value']);

/**
 * Lists every bad field of a failed parse. An unknown field is named itself, not its parent; a missing one
 * gets the code `required`, so that VAL_003 can be told from VAL_001.
 * @param issues of a parse with `reportInput`, without which a missing field cannot be told from a bad one
 */
export function fieldErrorsOf(issues: readonly ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        fieldError([...issue.path, key], 'This field is not known here.', 'unknown_field'),
      );
    }
    if (isAbsent(issue)) return [fieldError(issue.path, 'This field is required.', 'required')];
    return [fieldError(issue.path, issue.message, codeOf(issue))];
  });
}

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

function fieldError(path: readonly PropertyKey[], message: string, code: string): FieldError {
  const segments = path.map(String);
  return {
    field: segments.join('.') || 'body',
    pointer: segments.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    message,
    code,
  };
}
