import { z } from 'zod';
import { timestampSchema, usernameSchema } from '../fields.ts';
import { storedEmailSchema } from './email.ts';

export const userRoleSchema = z.enum(['customer', 'admin', 'moderator']);
export type UserRole = z.infer<typeof userRoleSchema>;

export const userStatusSchema = z.enum(['active', 'inactive', 'suspended', 'pending']);
/** @public an enum of the mission */
export type UserStatus = z.infer<typeof userStatusSchema>;

/** How the name of an account with play money begins, which the web app opens in one step. */
export const DEMO_USERNAME_PREFIX = 'demo_';

/** A bcrypt hash in its textual form. */
const PASSWORD_HASH_LENGTH = 60;
/** bcrypt looks at no more bytes than these, so a longer password would be cut without a word. */
export const MAX_PASSWORD_BYTES = 72;
const MIN_PASSWORD_LENGTH = 12;

const MAX_NAME_LENGTH = 100;
/** Letters of any script with their joiners, and what stands between the parts of names. */
const NAME_PATTERN = /^(?:[\p{L}\p{M}][\u200C\u200D]?|[ .'‘’·‧・゠׳״\u2010\u2011-])+$/u;

/** A name as it is written: `St. John`, `J. R. R.`, `ジャン・リュック`. */
export const nameSchema = z
  .string()
  .trim()
  .normalize('NFC')
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(NAME_PATTERN, 'Use letters, spaces, hyphens, apostrophes and full stops.')
  .regex(/\p{L}/u, 'A name needs a letter.');

/** A name as it is stored, which may be by earlier rules. */
const storedNameSchema = z.string().min(1).max(MAX_NAME_LENGTH);

/** A phone number as it is stored. */
export const phoneSchema = z.string().regex(/^\+?\d{10,15}$/);

const MAX_TYPED_PHONE_LENGTH = 40;
const PHONE_FORMATTING = /[\s().\-/\u2010-\u2015]/g;

/** A phone number as it is written, such as `(212) 555-0142`: its digits, with the `+` if there is one; null for none. */
export const phoneInputSchema = z
  .string()
  .max(MAX_TYPED_PHONE_LENGTH)
  .overwrite((typed) => typed.replaceAll(PHONE_FORMATTING, ''))
  .regex(/^(?:\+?\d{10,15})?$/, 'Use 10 to 15 digits, with an optional + before them.')
  .transform((digits) => (digits === '' ? null : digits));

export const dateOfBirthSchema = z.iso.date();

const MIN_AGE_YEARS = 13;
const MAX_AGE_YEARS = 120;

/**
 * Returns what is wrong with a date of birth, if anything is.
 * @param today the present day in UTC, such as `2026-01-31`
 */
export function dateOfBirthFault(dateOfBirth: string, today: string): string | undefined {
  if (dayNumber(dateOfBirth, MIN_AGE_YEARS) > dayNumber(today)) {
    return `You must be at least ${MIN_AGE_YEARS} years old.`;
  }
  if (dayNumber(dateOfBirth, MAX_AGE_YEARS + 1) <= dayNumber(today)) {
    return `This is more than ${MAX_AGE_YEARS} years ago.`;
  }
  return undefined;
}

/** A number that orders days, of a day some years later. A birthday of 29 February is followed by 1 March. */
function dayNumber(date: string, yearsLater = 0): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return ((year + yearsLater) * 100 + month) * 100 + day;
}

/** The form of a password that is hashed: the same for all ways in which keyboards write a character. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** A new password. The rules are those of the sign-up form; a login accepts whatever was once a password. */
export const newPasswordSchema = z
  .string()
  .overwrite(normalizePassword)
  .min(MIN_PASSWORD_LENGTH)
  .refine((password) => new TextEncoder().encode(password).length <= MAX_PASSWORD_BYTES, {
    error: `At most ${MAX_PASSWORD_BYTES} bytes.`,
  })
  // bcrypt repeats a password with a zero byte in between, so a zero byte inside makes two passwords one.
  .refine((password) => !password.includes('\0'), { error: 'A zero byte is not allowed.' })
  .regex(/\p{Lu}/u, 'Add an upper-case letter.')
  .regex(/\p{Ll}/u, 'Add a lower-case letter.')
  .regex(/\d/, 'Add a digit.')
  .regex(/[^\p{L}\d\s]/u, 'Add a special character.');

export const userSchema = z.object({
  username: usernameSchema,
  email: storedEmailSchema,
  password_hash: z.string().length(PASSWORD_HASH_LENGTH),
  first_name: storedNameSchema,
  last_name: storedNameSchema,
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
