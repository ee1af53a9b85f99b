import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { passwordErrors, passwordErrorsOf } from '../../../src/features/profile/password-form.ts';

const good = { current: 'old', next: 'Correct-Horse-9', repeated: 'Correct-Horse-9' };

describe('the password form', () => {
  it('accepts a valid new password, however short the old one is', () => {
    expect(passwordErrors(good)).toEqual({});
  });

  it('reports all missing fields at once', () => {
    expect(Object.keys(passwordErrors({ current: '', next: '', repeated: '' }))).toEqual(['current', 'next']);
  });

  it('follows the rules of the server', () => {
    expect(passwordErrors({ ...good, next: 'short', repeated: 'short' }).next).toBe(
      'At least 12 characters.',
    );
  });

  it('requires the same password twice', () => {
    expect(passwordErrors({ ...good, repeated: 'Correct-Horse-8' })).toEqual({
      repeated: 'The passwords do not match.',
    });
  });

  it('shows a refusal at its field', () => {
    const fields = [{ field: 'current_password', message: 'This is not your password.' }];
    const problem = new ApiProblem('Invalid: current_password.', { status: 422, fields });
    expect(passwordErrorsOf(problem)).toEqual({ current: 'This is not your password.' });
  });
});
