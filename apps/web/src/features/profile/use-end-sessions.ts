import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Session } from '../../api/auth/sessions.ts';
import { endOtherSessions, endSession, SESSIONS_KEY } from '../../api/auth/sessions.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { formatCount } from '../../format/numbers.ts';
import { notify } from '../../ui/notices.ts';
import { deviceName } from './device-name.ts';

/** The session has ended already, as requested. */
const GONE = 404;

/** Ends sessions, each once, and reports the result. */
export function useEndSessions() {
  const queryClient = useQueryClient();
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set());
  const [isEndingOthers, setIsEndingOthers] = useState(false);
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: SESSIONS_KEY });

  const endOne = async ({ session_id, user_agent }: Session): Promise<void> => {
    if (ending.has(session_id)) return;
    setEnding((known) => new Set([...known, session_id]));
    const failure = await endSession(session_id).then(
      () => undefined,
      (error: unknown) => toProblem(error),
    );
    await refresh();
    setEnding((known) => new Set([...known].filter((id) => id !== session_id)));
    if (failure && failure.status !== GONE) {
      notify({ tone: 'failure', title: 'The device is still signed in', description: failure.message });
    } else notify({ tone: 'success', title: `${deviceName(user_agent)} was signed out` });
  };

  const endOthers = async (): Promise<void> => {
    if (isEndingOthers) return;
    setIsEndingOthers(true);
    try {
      const ended = await endOtherSessions();
      const what = ended === 1 ? '1 device was' : `${formatCount(ended)} devices were`;
      notify({ tone: 'success', title: `${what} signed out` });
    } catch (error) {
      const description = toProblem(error).message;
      notify({ tone: 'failure', title: 'Other devices are still signed in', description });
    }
    await refresh();
    setIsEndingOthers(false);
  };

  return {
    /** Sessions that are being ended. */
    ending,
    isEndingOthers,
    endOne: (session: Session) => void endOne(session),
    endOthers: () => void endOthers(),
  };
}
