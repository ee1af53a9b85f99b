import type { ApiProblem } from '../../api/http/api-problem.ts';
import { passwordError } from '../../ui/password-rules.ts';

export interface PasswordForm {
  readonly current: string;
  readonly next: string;
  readonly repeated: string;
}

export type PasswordField = keyof PasswordForm;
export type PasswordErrors = Partial<Record<PasswordField, string>>;

export const EMPTY_PASSWORD_FORM: PasswordForm = { current: '', next: '', repeated: '' };

/** In the order of the screen: the first field with an error gets the focus. */
export const PASSWORD_FIELDS: readonly PasswordField[] = ['current', 'next', 'repeated'];

/** Returns the errors of the form by the rules of the server. */
export function passwordErrors({ current, next, repeated }: PasswordForm): PasswordErrors {
  const nextError = next === '' ? 'Enter a new password.' : passwordError(next);
  return {
    ...(current === '' && { current: 'Enter your current password.' }),
    ...(nextError !== undefined && { next: nextError }),
    ...(repeated !== next && { repeated: 'The passwords do not match.' }),
  };
}

/** Returns the errors of a refused request by field. */
export function passwordErrorsOf(problem: ApiProblem): PasswordErrors {
  const current = problem.messageOf('current_password');
  const next = problem.messageOf('new_password');
  return { ...(current !== undefined && { current }), ...(next !== undefined && { next }) };
}
