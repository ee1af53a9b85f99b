import { NotFoundError } from '@cnop/exception/errors';
import type { LogOut, LogOutDeps } from './log-out.ts';
import { logOut } from './log-out.ts';

/**
 * Ends one of the caller's own sessions, possibly the acting one.
 * @throws NotFoundError (404) when the user has no such live session
 */
export async function endOwnSession(deps: LogOutDeps, command: LogOut): Promise<void> {
  const wasLive = await logOut(deps, command);
  if (!wasLive) throw new NotFoundError('The session');
}
