import { CURRENCY_SCALE, decimal, formatDecimal, formatUsd, roundDown } from '@cnop/common/core/money';
import { unitsForCash } from '@cnop/common/trading/settlement';
import type { TicketFacts } from './ticket-math.ts';
import { readTicket } from './ticket-math.ts';
import type { TicketState } from './ticket-state.ts';

export const SHARES = ['25', '50', '75', '100'] as const;
export type Share = (typeof SHARES)[number];

/** The price may rise before the fill, so a market buy for all cash keeps a reserve. */
const MARKET_HEADROOM = '0.995';

export interface Available {
  /** USD. */
  readonly cash: string;
  readonly units: string;
}

/** Sets the amount of a ticket to a share of what is available. */
export function withShare(
  state: TicketState,
  share: Share,
  { facts, available }: { readonly facts: TicketFacts; readonly available: Available },
): TicketState {
  const fraction = decimal(share).times('0.01');
  if (state.side === 'sell') {
    // In units, so that selling 100 % leaves nothing.
    const units = roundDown(decimal(available.units).times(fraction), facts.quantityScale);
    return { ...state, entry: 'quantity', amount: formatDecimal(units) };
  }
  const isAllAtMarket = state.kind === 'market' && share === '100';
  const cash = roundDown(
    decimal(available.cash)
      .times(fraction)
      .times(isAllAtMarket ? MARKET_HEADROOM : '1'),
    CURRENCY_SCALE,
  );
  if (state.entry === 'value') return { ...state, amount: formatUsd(cash) };
  const price = priceToBuyAt(state, facts);
  return price === undefined
    ? { ...state, entry: 'value', amount: formatUsd(cash) }
    : {
        ...state,
        amount: formatDecimal(unitsForCash(cash, decimal(price), facts)),
      };
}

/** Returns whether the amount of a market buy is all of the cash but the reserve. */
export function keepsReserve(
  state: TicketState,
  parts: { readonly facts: TicketFacts; readonly available: Available },
): boolean {
  if (state.side !== 'buy' || state.kind !== 'market' || state.amount === '') return false;
  return withShare(state, '100', parts).amount === state.amount;
}

/** Returns the price of a buy; `undefined` until the limit is typed. */
function priceToBuyAt(state: TicketState, facts: TicketFacts): string | undefined {
  return readTicket({ ...state, entry: 'quantity', amount: '1' }, facts).estimate?.price;
}

/** Switches the amount between units and USD and converts it if possible. */
export function withEntry(state: TicketState, entry: TicketState['entry'], facts: TicketFacts): TicketState {
  if (entry === state.entry) return state;
  const { estimate } = readTicket(state, facts);
  if (!estimate) return { ...state, entry, amount: '' };
  const value = state.side === 'buy' ? estimate.cash : estimate.total;
  return { ...state, entry, amount: entry === 'quantity' ? estimate.quantity : value };
}
