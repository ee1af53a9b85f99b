import { z } from 'zod';
import { callApi } from '../http/client.ts';
import type { Profile } from './profile.ts';
import { profileSchema } from './profile.ts';

/** Only what is to change; `null` takes a value away. */
export type ProfileChange = Partial<
  Pick<Profile, 'first_name' | 'last_name' | 'email' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'>
> & {
  /** Needed for another e-mail. */
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
