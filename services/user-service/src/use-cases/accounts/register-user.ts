import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { assertHardToGuess } from '@cnop/common/auth/password-choice';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { DEMO_USERNAME_PREFIX } from '@cnop/common/entities/user/user';
import { ForbiddenError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';

type RegisterUserDeps = Pick<
  UserDependencies,
  'passwordQueue' | 'playMoney' | 'users' | 'passwords' | 'audit' | 'clock'
>;

interface RegisterUser {
  readonly username: Username;
  readonly email: string;
  readonly password: string;
  readonly profile: Pick<
    User,
    'first_name' | 'last_name' | 'phone' | 'date_of_birth' | 'marketing_emails_consent'
  >;
  readonly origin: RequestOrigin;
}

/**
 * Registers a user. User, e-mail claim, empty balance and audit event are one commit.
 * @throws ValidationError (422) when the username is reserved or the password easy to guess
 * @throws ForbiddenError (403) for a demo account where these are switched off
 * @throws AlreadyExistsError (409) when the username or the e-mail is taken
 * @throws RateLimitedError (429) when the password queue is full
 * @see docs/reference/accounts.md
 */
export async function registerUser(deps: RegisterUserDeps, command: RegisterUser): Promise<User> {
  const { username, email, password, profile, origin } = command;
  if (!deps.playMoney.demoAccounts && username.startsWith(DEMO_USERNAME_PREFIX)) {
    throw new ForbiddenError('There are no demo accounts here. Sign up with another username.');
  }
  if (isReservedUsername(username)) {
    throw ValidationError.ofField('username', 'This username is reserved.', 'reserved_username');
  }
  await assertHardToGuess(password, { field: 'password', owner: { username, email, ...profile } });
  // A taken username is hashed for as well, so that the response time tells no more than the response.
  const password_hash = await deps.passwordQueue.run('sign-up', origin.address, () =>
    deps.passwords.hash(password),
  );
  const at = isoTime(deps.clock.now());
  const user: User = {
    username,
    email,
    password_hash,
    ...profile,
    role: 'customer',
    status: 'active',
    tier: 'standard',
    created_at: at,
    updated_at: at,
    last_login: null,
  };
  const event = deps.audit.eventOf({ type: 'sign_up', username, ...origin });
  return deps.users.createUser(user, [
    balanceRecord.create(emptyBalance(username, at)),
    deps.audit.writeFor(event),
  ]);
}

/**
 * Usernames that could be mistaken for the platform or its operators. `cnop admin create` may assign them, and accounts that
 * have one keep it.
 */
// cspell:ignore nobody
const RESERVED = new Set(
  `abuse account accounts admin administrator administrators admins all anonymous api audit auth billing bot ceo
  cloudnativeorderprocessor cnop compliance contact customerservice customersupport daemon everyone exchange finance guest
  help helpdesk hostmaster house info legal login logout mail mailerdaemon me mod moderator moderators mods nobody none
  noreply null official operator owner password platform postmaster press privacy register registration root sales security
  self service settings signin signout signup staff status su sudo superuser support sys sysadmin system systemadmin team
  treasury undefined unknown webmaster www`.split(/\s+/),
);

/** Returns whether a username is reserved; case and underscores make no difference. */
function isReservedUsername(username: Username): boolean {
  return RESERVED.has(username.toLowerCase().replaceAll('_', ''));
}
