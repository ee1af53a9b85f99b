import { newPasswordSchema } from '@cnop/common/entities/user/user';

export interface PasswordRule {
  readonly text: string;
  readonly isMet: boolean;
}

/** An empty password breaks all rules, so its errors list them in order. */
const RULES = errorsIn('');

/** Returns all rules of a new password and whether it meets them. */
export function passwordRules(password: string): PasswordRule[] {
  const open = new Set(errorsIn(password));
  return RULES.map((text) => ({ text, isMet: password !== '' && !open.has(text) }));
}

/** Returns the first error of a password, including those that are no listed rule, such as too many bytes. */
export function passwordError(password: string): string | undefined {
  return errorsIn(password)[0];
}

function errorsIn(password: string): string[] {
  const parsed = newPasswordSchema.safeParse(password);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) =>
    issue.code === 'too_small' ? `At least ${issue.minimum} characters.` : issue.message,
  );
}
