import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { profileQuery } from '../api/account/profile.ts';
import { joinLiveHub } from '../live/live-hub.ts';
import { applyLiveEvent, refreshAccount } from './apply-live-event.ts';

/** Follows the stream while somebody is signed in. It shows nothing. */
export function SessionLive() {
  const queryClient = useQueryClient();
  const { data: profile } = useQuery(profileQuery());
  const username = profile?.username;
  useEffect(() => {
    if (username === undefined) return undefined;
    return joinLiveHub({
      username,
      onEvent: (event) => applyLiveEvent(queryClient, event),
      onReset: () => refreshAccount(queryClient),
    });
  }, [username, queryClient]);
  return null;
}
