import { z } from 'zod';
import { emailSchema, timestampSchema, usernameSchema } from '../fields.ts';

export const userRoleSchema = z.enum(['customer', 'admin', 'moderator']);
export type UserRole = z.infer<typeof userRoleSchema>;

export const userStatusSchema = z.enum(['active', 'inactive', 'suspended', 'pending']);
/** @public an enum of the mission */
export type UserStatus = z.infer<typeof userStatusSchema>;

/** A bcrypt hash in its textual form. */
const PASSWORD_HASH_LENGTH = 60;
/** bcrypt looks at no more bytes than these, so a longer password would be cut without a word. */
export const MAX_PASSWORD_BYTES = 72;
const MIN_PASSWORD_LENGTH = 12;

export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{M} '’-]+$/u, 'Use letters, spaces, hyphens and apostrophes.');

export const phoneSchema = z
  .string()
  .max(20)
  .regex(/^\+?\d{10,15}$/, 'Use 10 to 15 digits, with an optional + before them.');

export const dateOfBirthSchema = z.iso.date();

/** A new password. The rules are those of the sign-up form; a login accepts whatever was once a password. */
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH)
  .refine((password) => new TextEncoder().encode(password).length <= MAX_PASSWORD_BYTES, {
    error: `At most ${MAX_PASSWORD_BYTES} bytes.`,
  })
  .refine((password) => !password.includes('\0'), { error: 'A zero byte is not allowed.' })
  // bcrypt repeats a password with a zero byte in between, so a zero byte inside makes two passwords one.
  .refine((password) => !password.includes('\0'), 'A zero byte is not allowed.')
  .regex(/\p{Lu}/u, 'Add an upper-case letter.')
  .regex(/\p{Ll}/u, 'Add a lower-case letter.')
  .regex(/\d/, 'Add a digit.')
  .regex(/[^\p{L}\d\s]/u, 'Add a special character.');

export const userSchema = z.object({
  username: usernameSchema,
  email: emailSchema,
  password_hash: z.string().length(PASSWORD_HASH_LENGTH),
  first_name: nameSchema,
  last_name: nameSchema,
  phone: phoneSchema.nullable().default(null),
  date_of_birth: dateOfBirthSchema.nullable().default(null),
  marketing_emails_consent: z.boolean().default(false),
  role: userRoleSchema.default('customer'),
  status: userStatusSchema.default('active'),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_login: timestampSchema.nullable().default(null),
});

export type User = z.infer<typeof userSchema>;
