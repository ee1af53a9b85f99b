import { emailSchema } from '@cnop/common/entities/fields';
import { dateOfBirthSchema, nameSchema, phoneSchema } from '@cnop/common/entities/user/user';
import type { z } from 'zod';
import type { Profile } from '../../api/account/profile.ts';
import type { ProfileChange } from '../../api/account/update-profile.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';

/** What is in the fields; what is not known is an empty text. */
export interface ProfileForm {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly phone: string;
  readonly date_of_birth: string;
  readonly marketing_emails_consent: boolean;
}

export type ProfileTextField = Exclude<keyof ProfileForm, 'marketing_emails_consent'>;
export type ProfileErrors = Partial<Record<ProfileTextField, string>>;

/** In the order of the screen: the first of them that is wrong gets the focus. */
export const PROFILE_FIELDS: readonly ProfileTextField[] = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'date_of_birth',
];

const SCHEMAS: Readonly<Record<ProfileTextField, z.ZodType<string>>> = {
  first_name: nameSchema,
  last_name: nameSchema,
  email: emailSchema,
  phone: phoneSchema,
  date_of_birth: dateOfBirthSchema,
};
const OPTIONAL: readonly ProfileTextField[] = ['phone', 'date_of_birth'];

export function formOfProfile(profile: Profile): ProfileForm {
  const { first_name, last_name, email, phone, date_of_birth, marketing_emails_consent } = profile;
  return {
    first_name,
    last_name,
    email,
    phone: phone ?? '',
    date_of_birth: date_of_birth ?? '',
    marketing_emails_consent,
  };
}

/** @param today the present day in UTC, as the server counts it, such as `2026-01-31` */
export function profileErrors(form: ProfileForm, today: string): ProfileErrors {
  const errors: ProfileErrors = {};
  for (const field of PROFILE_FIELDS) {
    const problem = problemOfField(field, form[field].trim());
    if (problem !== undefined) errors[field] = problem;
  }
  if (errors.date_of_birth === undefined && form.date_of_birth >= today) {
    errors.date_of_birth = 'This is not in the past.';
  }
  return errors;
}

function problemOfField(field: ProfileTextField, text: string): string | undefined {
  if (text === '') return OPTIONAL.includes(field) ? undefined : 'This is needed.';
  const parsed = SCHEMAS[field].safeParse(text);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  if (field === 'date_of_birth') return 'Give a whole date.';
  return issue?.code === 'too_big' ? 'This is too long.' : issue?.message;
}

/** What a form without errors changes; empty when it changes nothing. */
export function profileChange(form: ProfileForm, profile: Profile): ProfileChange {
  const wanted = {
    first_name: form.first_name.trim(),
    last_name: form.last_name.trim(),
    // The server keeps addresses in lower case, so another case is no change.
    email: form.email.trim().toLowerCase(),
    phone: form.phone.trim() || null,
    date_of_birth: form.date_of_birth || null,
    marketing_emails_consent: form.marketing_emails_consent,
  } satisfies ProfileChange;
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== profile[field as keyof ProfileChange]),
  );
}

/** What a refusal of the server says about the fields. */
export function profileErrorsOf(problem: ApiProblem): ProfileErrors {
  return Object.fromEntries(
    PROFILE_FIELDS.flatMap((field) => {
      const message = problem.messageOf(field);
      return message === undefined ? [] : [[field, message]];
    }),
  );
}
