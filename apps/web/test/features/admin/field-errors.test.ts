import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { sortProblem } from '../../../src/features/admin/field-errors.ts';

const FIELDS = ['name', 'price_scale'] as const;
const refusal = (fields: { field: string; message: string }[]) =>
  new ApiProblem('Invalid.', { status: 422, fields });

describe('a refused request', () => {
  it('shows errors at their fields', () => {
    const problem = refusal([
      { field: 'name', message: 'Too long.' },
      { field: 'price_scale', message: 'This must not be less than 4.' },
    ]);
    expect(sortProblem(problem, FIELDS)).toEqual({
      fieldErrors: { name: 'Too long.', price_scale: 'This must not be less than 4.' },
      rest: undefined,
    });
  });

  it('shows errors of other fields above the button', () => {
    const problem = refusal([
      { field: 'name', message: 'Too long.' },
      { field: 'color', message: 'Unknown field.' },
    ]);
    expect(sortProblem(problem, FIELDS)).toEqual({
      fieldErrors: { name: 'Too long.' },
      rest: 'Unknown field.',
    });
  });

  it('shows an error without fields as a whole', () => {
    const problem = new ApiProblem('The asset is delisted.', { status: 409 });
    expect(sortProblem(problem, FIELDS)).toEqual({ fieldErrors: {}, rest: 'The asset is delisted.' });
  });
});
