import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** Everything that was said about one e-mail: exactly one user has it, and exactly one claim leads to that user. */
export function checkEmailClaim(
  users: readonly StoredOf<'user'>[],
  claims: readonly StoredOf<'e-mail claim'>[],
): Violation[] {
  const [user, ...otherUsers] = users;
  const [claim] = claims;
  if (user && claim && otherUsers.length === 0 && claim.entity.username === user.entity.username) return [];
  const keys = [...users, ...claims].map(({ key }) => key);
  if (!user) return [violation('email-claim', keys, 'No user has the e-mail that this claims.')];
  if (!claim) return [violation('email-claim', keys, 'Nothing claims the e-mail of this user.')];
  if (otherUsers.length > 0)
    return [violation('email-claim', keys, `${users.length} users have one e-mail.`)];
  return [violation('email-claim', keys, `The claim leads to ${claim.entity.username}.`)];
}
