import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { sortProblem } from '../../../src/features/admin/field-errors.ts';

const FIELDS = ['name', 'price_scale'] as const;
const refusal = (fields: { field: string; message: string }[]) =>
  new ApiProblem('Invalid.', { status: 422, fields });

describe('a refusal of the server', () => {
  it('is said at the fields that it is about', () => {
    const problem = refusal([
      { field: 'name', message: 'Too long.' },
      { field: 'price_scale', message: 'This must not be less than 4.' },
    ]);
    expect(sortProblem(problem, FIELDS)).toEqual({
      fieldErrors: { name: 'Too long.', price_scale: 'This must not be less than 4.' },
      rest: undefined,
    });
  });

  it('is said above the button where it is about a field that is not shown', () => {
    const problem = refusal([
      { field: 'name', message: 'Too long.' },
      { field: 'color', message: 'Unknown field.' },
    ]);
    expect(sortProblem(problem, FIELDS)).toEqual({
      fieldErrors: { name: 'Too long.' },
      rest: 'Unknown field.',
    });
  });

  it('is said as a whole where it names no field', () => {
    const problem = new ApiProblem('The asset is delisted.', { status: 409 });
    expect(sortProblem(problem, FIELDS)).toEqual({ fieldErrors: {}, rest: 'The asset is delisted.' });
  });
});
