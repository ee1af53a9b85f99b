import { endSessions } from './end-sessions.ts';
import type { LogOut, LogOutDeps } from './log-out.ts';
import { logoutEvent } from './log-out.ts';

/**
 * Ends every session of a user except the acting one.
 * @returns the number of sessions that ended
 */
export async function endOtherSessions(deps: LogOutDeps, command: LogOut): Promise<number> {
  const { username, sessionId: exceptSessionId } = command;
  const auditOf = (sessionId: string) => logoutEvent(deps.audit, { ...command, sessionId });
  return endSessions(deps, { username, exceptSessionId, auditOf });
}
