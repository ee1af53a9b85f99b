import { useState } from 'react';
import type { TicketState } from './ticket-state.ts';
import { EMPTY_TICKET } from './ticket-state.ts';

/** What was typed and not placed, by asset: it survives a sign-in or a look at another page, and no reload. */
const drafts = new Map<string, TicketState>();

/** The ticket of an asset, as it was left. */
export function useTicketDraft(assetId: string): readonly [TicketState, (state: TicketState) => void] {
  const [state, setState] = useState(() => drafts.get(assetId) ?? EMPTY_TICKET);
  const change = (next: TicketState): void => {
    drafts.set(assetId, next);
    setState(next);
  };
  return [state, change];
}
