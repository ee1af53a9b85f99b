import type { z } from 'zod';
import type { ApiProblem } from '../../api/http/api-problem.ts';

/** The error of each field of a form. */
export type FieldErrors<Field extends string> = Partial<Record<Field, string>>;

/** Returns the first error of a schema for each field, worded for the user. */
export function schemaErrors<Field extends string>(
  error: z.ZodError,
  typed: Readonly<Record<Field, string>>,
): FieldErrors<Field> {
  const fieldErrors: FieldErrors<Field> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0]) as Field;
    fieldErrors[field] ??= typed[field].trim() === '' ? 'Required.' : wordsFor(issue);
  }
  return fieldErrors;
}

function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') {
    return issue.origin === 'string' ? `At most ${issue.maximum} characters.` : `At most ${issue.maximum}.`;
  }
  if (issue.code === 'too_small') {
    return issue.origin === 'string' ? `At least ${issue.minimum} characters.` : `At least ${issue.minimum}.`;
  }
  return issue.message;
}

export interface SortedProblem<Field extends string> {
  readonly fieldErrors: FieldErrors<Field>;
  /** The errors that belong to no field of the form. */
  readonly rest: string | undefined;
}

/** Splits the errors of a failed request into those of fields and the rest. */
export function sortProblem<Field extends string>(
  problem: ApiProblem,
  fields: readonly Field[],
): SortedProblem<Field> {
  const fieldErrors: FieldErrors<Field> = {};
  const rest: string[] = [];
  for (const { field, message } of problem.fields) {
    const known = fields.find((each) => each === field);
    if (known) fieldErrors[known] ??= message;
    else rest.push(message);
  }
  const isSaid = problem.fields.length > 0;
  return { fieldErrors, rest: isSaid ? rest.join(' ') || undefined : problem.message };
}
