import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { canonicalEmail } from '@cnop/common/entities/user/email';
import type { User } from '@cnop/common/entities/user/user';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';
import type { ProvePasswordDeps } from './change-password.ts';
import { provePassword, wrongPassword } from './change-password.ts';

/**
 * Reads a user.
 * @throws NotFoundError (404) for an unknown user
 */
export async function readUser(
  { users }: Pick<UserDependencies, 'users'>,
  username: Username,
): Promise<User> {
  const user = await users.getUserByUsername(username);
  if (!user) throw new NotFoundError('The user');
  return user;
}

type UpdateProfileDeps = ProvePasswordDeps & Pick<UserDependencies, 'users'>;

/** The fields of a user that the user may change. */
type ProfileChange = Partial<
  Pick<User, 'first_name' | 'last_name' | 'email' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'>
>;

interface UpdateProfile {
  readonly username: Username;
  readonly change: ProfileChange;
  /** Required for a new e-mail address, ignored otherwise. */
  readonly currentPassword: string | undefined;
  readonly origin: RequestOrigin;
}

/**
 * Updates a profile. A new e-mail address requires the password and is recorded in the audit log, since its owner could
 * take over the account. Another spelling of the same address is no change.
 * @throws NotFoundError (404) for an unknown user
 * @throws ValidationError (422) on `current_password` when it is required and absent or wrong
 * @throws RateLimitedError (429) after too many wrong passwords
 * @throws AlreadyExistsError (409) when the new e-mail is taken
 */
export async function updateProfile(deps: UpdateProfileDeps, command: UpdateProfile): Promise<User> {
  const { username, origin, currentPassword } = command;
  const { email, ...others } = command.change;
  const change = { ...others, updated_at: isoTime(deps.clock.now()) };
  const known = await readUser(deps, username);
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
