import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import type { TicketFacts } from '../../../src/features/ticket/ticket-math.ts';
import type { TicketState } from '../../../src/features/ticket/ticket-state.ts';
import { EMPTY_TICKET } from '../../../src/features/ticket/ticket-state.ts';

/** A market with a spread and a fee of a quarter of a percent. */
export const facts: TicketFacts = {
  assetId: anAssetId('ETH'),
  quantityScale: 6,
  priceScale: 2,
  feeBps: 25,
  bid: aPrice('1999'),
  ask: aPrice('2001'),
};

export function ticket(state: Partial<TicketState>): TicketState {
  return { ...EMPTY_TICKET, ...state };
}
