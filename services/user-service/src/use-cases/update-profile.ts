import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { UserDao } from '@cnop/common/dao/user/user-dao';
import { canonicalEmail } from '@cnop/common/entities/user/email';
import type { User } from '@cnop/common/entities/user/user';
import { ValidationError } from '@cnop/exception/errors';
import type { ProvePasswordDeps } from './prove-password.ts';
import { provePassword, wrongPassword } from './prove-password.ts';
import { readUser } from './read-user.ts';

export interface UpdateProfileDeps extends ProvePasswordDeps {
  readonly users: UserDao;
}

/** What users may change about themselves. */
export type ProfileChange = Partial<
  Pick<User, 'first_name' | 'last_name' | 'email' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'>
>;

export interface UpdateProfile {
  readonly username: string;
  readonly change: ProfileChange;
  /** Needed for another e-mail address, and looked at for nothing else. */
  readonly currentPassword: string | undefined;
  readonly origin: RequestOrigin;
}

/**
 * Changes what users say about themselves. Another e-mail address takes the password and is recorded: whoever holds it
 * could take the account over. Another spelling of the same address is no change.
 * @throws ValidationError (422) on `current_password` when it is needed and absent or wrong
 * @throws RateLimitedError (429) after too many wrong ones
 * @throws AlreadyExistsError (409) when the new e-mail is taken
 */
export async function updateProfile(deps: UpdateProfileDeps, command: UpdateProfile): Promise<User> {
  const { username, origin, currentPassword } = command;
  const { email, ...others } = command.change;
  const change = { ...others, updated_at: deps.clock.now().toISOString() };
  const known = await readUser(deps.users, username);
  if (email === undefined || email === (canonicalEmail(known.email) ?? known.email)) {
    return deps.users.updateUser(username, change);
  }
  if (currentPassword === undefined) {
    const message = 'Enter your password to change the e-mail.';
    throw ValidationError.ofField('current_password', message, 'required');
  }
  const { password_hash } = await provePassword(deps, { username, password: currentPassword, origin });
  const detail = { field: 'email' };
  const event = deps.audit.eventOf({ type: 'email_change', username, actor: username, ...origin, detail });
  return deps.users.updateUser(
    username,
    { ...change, email },
    {
      companions: [deps.audit.writeFor(event)],
      check: (user) => {
        if (user.password_hash !== password_hash) throw wrongPassword();
      },
    },
  );
}
