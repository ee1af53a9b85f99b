import type { Clock } from '@cnop/common/core/clock';
import type { UserDao } from '@cnop/common/dao/user/user-dao';
import type { User } from '@cnop/common/entities/user/user';

/** What users may change about themselves. */
export type ProfileChange = Partial<
  Pick<User, 'first_name' | 'last_name' | 'email' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'>
>;

/** @throws AlreadyExistsError (409) when the new e-mail is taken */
export async function updateProfile(
  { users, clock }: { readonly users: UserDao; readonly clock: Clock },
  { username, change }: { readonly username: string; readonly change: ProfileChange },
): Promise<User> {
  return users.updateUser(username, { ...change, updated_at: clock.now().toISOString() });
}
