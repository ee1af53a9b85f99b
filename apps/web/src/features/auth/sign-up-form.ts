import { usernameSchema } from '@cnop/common/entities/fields';
import { emailSchema } from '@cnop/common/entities/user/email';
import { nameSchema, newPasswordSchema } from '@cnop/common/entities/user/user';
import { z } from 'zod';
import type { Registration } from '../../api/auth/credentials.ts';
import { passwordError } from '../../ui/password-rules.ts';

const schema = z.object({
  username: usernameSchema,
  email: emailSchema,
  password: newPasswordSchema,
  first_name: nameSchema,
  last_name: nameSchema,
});

export type SignUpField = keyof Registration;
export type SignUpErrors = Partial<Record<SignUpField, string>>;

export const SIGN_UP_FIELDS: readonly SignUpField[] = [
  'first_name',
  'last_name',
  'email',
  'username',
  'password',
];

/** Returns the errors of a registration by the rules of the server; empty if it may be sent. */
export function signUpErrors(input: Registration): SignUpErrors {
  const parsed = schema.safeParse(input);
  if (parsed.success) return {};
  const errors: SignUpErrors = {};
  for (const { path, message, code } of parsed.error.issues) {
    const field = path[0] as SignUpField;
    errors[field] ??= wordsFor(input[field], code, message);
  }
  if (errors.password) errors.password = passwordError(input.password) ?? errors.password;
  return errors;
}

function wordsFor(value: string, code: string | undefined, message: string): string {
  if (value.trim() === '') return 'Required.';
  if (code === 'too_small') return 'Too short.';
  if (code === 'too_big') return 'Too long.';
  return message;
}
