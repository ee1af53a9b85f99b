import { newPasswordSchema } from '@cnop/common/entities/user/user';

export interface PasswordRule {
  readonly text: string;
  readonly isMet: boolean;
}

/** What the schema says about an empty password are all of its rules, in the order in which it checks them. */
const RULES = complaintsAbout('');

/** Every rule of a new password, and whether this one meets it. */
export function passwordRules(password: string): PasswordRule[] {
  const open = new Set(complaintsAbout(password));
  return RULES.map((text) => ({ text, isMet: password !== '' && !open.has(text) }));
}

/** The complaint that is no rule of an empty password, such as one about too many bytes. */
export function passwordComplaint(password: string): string | undefined {
  return complaintsAbout(password)[0];
}

function complaintsAbout(password: string): string[] {
  const parsed = newPasswordSchema.safeParse(password);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) =>
    issue.code === 'too_small' ? `At least ${issue.minimum} characters.` : issue.message,
  );
}
