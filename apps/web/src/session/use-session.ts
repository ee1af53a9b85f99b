import { useSyncExternalStore } from 'react';
import type { SessionState } from './access-token.ts';
import { sessionState, subscribeToSession } from './access-token.ts';

/** Whether somebody is signed in; re-renders when that changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribeToSession, sessionState);
}
