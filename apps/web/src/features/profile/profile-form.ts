import { canonicalEmail, emailSchema } from '@cnop/common/entities/user/email';
import {
  dateOfBirthFault,
  dateOfBirthSchema,
  nameSchema,
  phoneInputSchema,
} from '@cnop/common/entities/user/user';
import type { z } from 'zod';
import type { Profile, ProfileChange } from '../../api/account/profile.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';

/** The fields of the form; empty if unknown. */
export interface ProfileForm {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly phone: string;
  readonly date_of_birth: string;
  readonly marketing_emails_consent: boolean;
  /** Required if the e-mail address changes. */
  readonly current_password: string;
}

export type ProfileTextField = Exclude<keyof ProfileForm, 'marketing_emails_consent'>;
type KnownField = Exclude<ProfileTextField, 'current_password'>;
export type ProfileErrors = Partial<Record<ProfileTextField, string>>;

/** In the order of the screen: the first field with an error gets the focus. */
export const PROFILE_FIELDS: readonly ProfileTextField[] = [
  'first_name',
  'last_name',
  'email',
  'current_password',
  'phone',
  'date_of_birth',
];

const SCHEMAS: Readonly<Record<KnownField, z.ZodType>> = {
  first_name: nameSchema,
  last_name: nameSchema,
  email: emailSchema,
  phone: phoneInputSchema,
  date_of_birth: dateOfBirthSchema,
};
const OPTIONAL: readonly KnownField[] = ['phone', 'date_of_birth'];

export function formOfProfile(profile: Profile): ProfileForm {
  const { first_name, last_name, email, phone, date_of_birth, marketing_emails_consent } = profile;
  return {
    first_name,
    last_name,
    email,
    phone: phone ?? '',
    date_of_birth: date_of_birth ?? '',
    marketing_emails_consent,
    current_password: '',
  };
}

/** Returns whether the form has another e-mail address, ignoring differences in spelling. */
export function changesEmail(form: ProfileForm, { email }: Profile): boolean {
  return canonicalForm(form.email) !== canonicalForm(email);
}

const canonicalForm = (email: string): string => canonicalEmail(email) ?? email.trim();

/**
 * Returns the errors of changed fields; stored values may follow earlier rules.
 * @param today the current UTC day, such as `2026-01-31`
 */
export function profileErrors(form: ProfileForm, profile: Profile, today: string): ProfileErrors {
  const known = formOfProfile(profile);
  const errors: ProfileErrors = {};
  for (const field of Object.keys(SCHEMAS) as KnownField[]) {
    if (form[field] === known[field]) continue;
    const problem = problemOfField(field, form[field].trim(), today);
    if (problem !== undefined) errors[field] = problem;
  }
  if (changesEmail(form, profile) && form.current_password === '') {
    errors.current_password = 'Enter your password to change the e-mail.';
  }
  return errors;
}

function problemOfField(field: KnownField, text: string, today: string): string | undefined {
  if (text === '') return OPTIONAL.includes(field) ? undefined : 'Required.';
  const parsed = SCHEMAS[field].safeParse(text);
  if (parsed.success) return field === 'date_of_birth' ? dateOfBirthFault(text, today) : undefined;
  const [issue] = parsed.error.issues;
  if (field === 'date_of_birth') return 'Enter a full date.';
  return issue?.code === 'too_big' ? 'Too long.' : issue?.message;
}

/** Returns the changes of a valid form; empty if there are none. */
export function profileChange(form: ProfileForm, profile: Profile): ProfileChange {
  const wanted = {
    first_name: form.first_name.trim(),
    last_name: form.last_name.trim(),
    email: changesEmail(form, profile) ? form.email.trim() : profile.email,
    phone: form.phone.trim() || null,
    date_of_birth: form.date_of_birth || null,
    marketing_emails_consent: form.marketing_emails_consent,
  } satisfies ProfileChange;
  const changed = Object.entries(wanted).filter(
    ([field, value]) => value !== profile[field as keyof Profile],
  );
  return {
    ...Object.fromEntries(changed),
    ...(changesEmail(form, profile) && { current_password: form.current_password }),
  };
}

/** Returns the errors of a refused request by field. */
export function profileErrorsOf(problem: ApiProblem): ProfileErrors {
  return Object.fromEntries(
    PROFILE_FIELDS.flatMap((field) => {
      const message = problem.messageOf(field);
      return message === undefined ? [] : [[field, message]];
    }),
  );
}
