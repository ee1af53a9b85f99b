import { z } from 'zod';
import { timestampSchema, usernameSchema } from '../fields.ts';
import { storedEmailSchema } from './email.ts';

/** The roles of users; moderators and administrators are staff. */
export const userRoleSchema = z.enum(['customer', 'admin', 'moderator']);
export type UserRole = z.infer<typeof userRoleSchema>;

/** The statuses of users. Only an `active` user may trade. */
export const userStatusSchema = z.enum(['active', 'inactive', 'suspended', 'pending']);
/** @public for clients of the package */
export type UserStatus = z.infer<typeof userStatusSchema>;

/** The tiers of users, which the limits on money are set for. */
export const userTierSchema = z.enum(['standard', 'verified', 'professional']);
export type UserTier = z.infer<typeof userTierSchema>;

/** The beginning of the username of a demo account, which the web app opens in one step. */
export const DEMO_USERNAME_PREFIX = 'demo_';

/** The length of a bcrypt hash as text. */
const PASSWORD_HASH_LENGTH = 60;
/** bcrypt ignores further bytes of a password. */
export const MAX_PASSWORD_BYTES = 72;
export const MIN_PASSWORD_LENGTH = 12;

const MAX_NAME_LENGTH = 100;
/** Letters of any script with their joiners, and the punctuation of names. */
const NAME_PATTERN = /^(?:[\p{L}\p{M}][\u200C\u200D]?|[ .'‘’·‧・゠׳״\u2010\u2011-])+$/u;

/** A first or last name in a request: `St. John`, `J. R. R.`, `ジャン・リュック`. */
export const nameSchema = z
  .string()
  .trim()
  .normalize('NFC')
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(NAME_PATTERN, 'Use letters, spaces, hyphens, apostrophes and full stops.')
  .regex(/\p{L}/u, 'A name needs a letter.');

/** A stored name, which may follow earlier rules. */
const storedNameSchema = z.string().min(1).max(MAX_NAME_LENGTH);

/** A stored phone number. */
export const phoneSchema = z.string().regex(/^\+?\d{10,15}$/);

const MAX_TYPED_PHONE_LENGTH = 40;
const PHONE_FORMATTING = /[\s().\-/\u2010-\u2015]/g;

/** A phone number in a request, such as `(212) 555-0142`, transformed to digits with an optional `+`; null when empty. */
export const phoneInputSchema = z
  .string()
  .max(MAX_TYPED_PHONE_LENGTH)
  .overwrite((typed) => typed.replaceAll(PHONE_FORMATTING, ''))
  .regex(/^(?:\+?\d{10,15})?$/, 'Use 10 to 15 digits, with an optional + before them.')
  .transform((digits) => (digits === '' ? null : digits));

/** A date of birth: `YYYY-MM-DD`. */
export const dateOfBirthSchema = z.iso.date();

const MIN_AGE_YEARS = 13;
const MAX_AGE_YEARS = 120;

/**
 * Returns the fault of a date of birth; undefined when it is valid.
 * @param today the current day in UTC, such as `2026-01-31`
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

/** Returns a number that sorts days, of a day some years later. 29 February of a common year sorts before 1 March. */
function dayNumber(date: string, yearsLater = 0): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return ((year + yearsLater) * 100 + month) * 100 + day;
}

/** Returns the form of a password that is hashed (NFKC), which does not depend on the keyboard. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** A new password. A login does not apply these rules, since earlier versions had others. */
export const newPasswordSchema = z
  .string()
  .overwrite(normalizePassword)
  .min(MIN_PASSWORD_LENGTH)
  .refine((password) => new TextEncoder().encode(password).length <= MAX_PASSWORD_BYTES, {
    error: `At most ${MAX_PASSWORD_BYTES} bytes.`,
  })
  // bcrypt repeats the password after a zero byte, so a password with a zero byte can equal another one.
  .refine((password) => !password.includes('\0'), { error: 'A zero byte is not allowed.' })
  .regex(/\p{Lu}/u, 'Add an upper-case letter.')
  .regex(/\p{Ll}/u, 'Add a lower-case letter.')
  .regex(/\d/, 'Add a digit.')
  .regex(/[^\p{L}\d\s]/u, 'Add a special character.');

/** A user as it is stored. */
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
  tier: userTierSchema.default('standard'),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_login: timestampSchema.nullable().default(null),
});

export type User = z.infer<typeof userSchema>;
