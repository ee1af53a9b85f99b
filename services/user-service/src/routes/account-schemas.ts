import { sessionSchema } from '@cnop/common/auth/session-rules';
import type { Clock } from '@cnop/common/core/clock';
import { sessionIdSchema, usernameSchema } from '@cnop/common/entities/fields';
import { emailSchema } from '@cnop/common/entities/user/email';
import {
  dateOfBirthFault,
  dateOfBirthSchema,
  nameSchema,
  newPasswordSchema,
  phoneInputSchema,
  userSchema,
} from '@cnop/common/entities/user/user';
import { z } from 'zod';

const DAY_LENGTH = 'YYYY-MM-DD'.length;
/** Far above the limit of new passwords; a longer one is not worth hashing. */
const MAX_TYPED_PASSWORD_LENGTH = 1_024;
/** A typed password, which may predate the rules of new passwords. */
const typedPasswordSchema = z.string().min(1).max(MAX_TYPED_PASSWORD_LENGTH);
/** Real ones have about 500 characters. */
const MAX_REFRESH_TOKEN_LENGTH = 4_096;

/** A user without the fields that stay inside the service. */
export const profileSchema = userSchema.omit({ password_hash: true, last_login: true });

export const profileChangedSchema = z.object({ message: z.string(), user: profileSchema });

function dateOfBirthInput(clock: Clock) {
  return dateOfBirthSchema.superRefine((date, context) => {
    const message = dateOfBirthFault(date, clock.now().toISOString().slice(0, DAY_LENGTH));
    if (message !== undefined) context.addIssue({ code: 'custom', message, input: date });
  });
}

export function registrationSchema(clock: Clock) {
  return z.strictObject({
    username: usernameSchema,
    email: emailSchema,
    password: newPasswordSchema,
    first_name: nameSchema,
    last_name: nameSchema,
    phone: phoneInputSchema.nullable().default(null),
    date_of_birth: dateOfBirthInput(clock).nullable().default(null),
    marketing_emails_consent: z.boolean().default(false),
  });
}

export function profileChangeSchema(clock: Clock) {
  return z.strictObject({
    first_name: nameSchema.exactOptional(),
    last_name: nameSchema.exactOptional(),
    email: emailSchema.exactOptional().describe('A new address requires `current_password`.'),
    phone: phoneInputSchema.nullable().exactOptional(),
    date_of_birth: dateOfBirthInput(clock).nullable().exactOptional(),
    marketing_emails_consent: z.boolean().exactOptional(),
    current_password: typedPasswordSchema.exactOptional(),
  });
}

export const passwordChangeSchema = z.strictObject({
  current_password: typedPasswordSchema,
  new_password: newPasswordSchema,
});

export const loginSchema = z.strictObject({ username: usernameSchema, password: typedPasswordSchema });

export const refreshSchema = z.strictObject({
  refresh_token: z.string().min(1).max(MAX_REFRESH_TOKEN_LENGTH),
});

/** No body, or an empty object as some clients send it. */
export const emptyBodySchema = z.strictObject({}).nullish();

/** A body of any form, which is ignored. */
export const ignoredBodySchema = z.unknown().optional();

export const tokenResponseSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  refresh_token: z.string(),
});

export const messageSchema = z.object({ message: z.string() });

export const passwordChangedSchema = messageSchema.extend(tokenResponseSchema.shape);

export const sessionListSchema = z.object({
  data: z.array(
    sessionSchema
      .pick({
        session_id: true,
        created_at: true,
        refreshed_at: true,
        expires_at: true,
        user_agent: true,
        address: true,
      })
      .extend({ is_current: z.boolean().describe('Whether this request was made in this session.') }),
  ),
});

export const sessionParamsSchema = z.strictObject({ id: sessionIdSchema.describe('The session_id.') });

export const sessionsEndedSchema = messageSchema.extend({
  ended: z.int().describe('Number of sessions that ended.'),
});
