import { userSchema } from '@cnop/common/entities/user/user';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const profileSchema = userSchema.omit({ password_hash: true, last_login: true });
export type Profile = z.output<typeof profileSchema>;

export const PROFILE_KEY = ['profile'] as const;

export function profileQuery() {
  return queryOptions({
    queryKey: PROFILE_KEY,
    queryFn: ({ signal }) => callApi({ path: '/auth/profile', schema: profileSchema, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The fields to change; `null` deletes a value. */
export type ProfileChange = Partial<
  Pick<Profile, 'first_name' | 'last_name' | 'email' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'>
> & {
  /** Required to change the e-mail address. */
  readonly current_password?: string;
};

const answerSchema = z.object({ user: profileSchema });

export async function updateProfile(change: ProfileChange): Promise<Profile> {
  const { user } = await callApi({
    method: 'PUT',
    path: '/auth/profile',
    body: change,
    schema: answerSchema,
  });
  return user;
}
