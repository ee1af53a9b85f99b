import { NotFoundError } from '@cnop/exception/errors';
import type { LogOut, LogOutDeps } from './log-out.ts';
import { logOut } from './log-out.ts';

/**
 * Ends a session that its user chose from the list, which may be the very one that asks.
 * @throws NotFoundError (404) when there is no such session of this user, or it has ended
 */
export async function endOwnSession(deps: LogOutDeps, command: LogOut): Promise<void> {
  const wasLive = await logOut(deps, command);
  if (!wasLive) throw new NotFoundError('The session');
}
