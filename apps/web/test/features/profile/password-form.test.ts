import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { passwordErrors, passwordErrorsOf } from '../../../src/features/profile/password-form.ts';

const good = { current: 'old', next: 'Correct-Horse-9', repeated: 'Correct-Horse-9' };

describe('the form for a new password', () => {
  it('may be sent when all of it is right, however short the old one was', () => {
    expect(passwordErrors(good)).toEqual({});
  });

  it('says all that is missing at once', () => {
    expect(Object.keys(passwordErrors({ current: '', next: '', repeated: '' }))).toEqual(['current', 'next']);
  });

  it('keeps to the rules of the server', () => {
    expect(passwordErrors({ ...good, next: 'short', repeated: 'short' }).next).toBe(
      'At least 12 characters.',
    );
  });

  it('wants the same password twice', () => {
    expect(passwordErrors({ ...good, repeated: 'Correct-Horse-8' })).toEqual({
      repeated: 'The passwords do not match.',
    });
  });

  it('shows a refusal at the field that it is about', () => {
    const fields = [{ field: 'current_password', message: 'This is not your password.' }];
    const problem = new ApiProblem('Invalid: current_password.', { status: 422, fields });
    expect(passwordErrorsOf(problem)).toEqual({ current: 'This is not your password.' });
  });
});
