import type { OrderType } from '@cnop/common/entities/order/order-document';

export type Side = 'buy' | 'sell';
export type TicketKind = 'market' | 'limit' | 'stop_loss' | 'take_profit' | 'trailing_stop';
/** The unit of the amount: units of the asset, or USD. */
export type Entry = 'quantity' | 'value';
export type TrailBy = 'amount' | 'percent';
/** Days until an order expires. */
export type ValidDays = '1' | '7' | '30' | '90' | '365';

/** The default of the server. */
export const DEFAULT_VALID_DAYS: ValidDays = '30';

/** The input of the user, as typed. */
export interface TicketState {
  readonly side: Side;
  readonly kind: TicketKind;
  readonly entry: Entry;
  readonly amount: string;
  readonly limit: string;
  readonly stop: string;
  readonly trail: string;
  /** The price bound of a stop; empty for any price. */
  readonly bound: string;
  readonly trailBy: TrailBy;
  readonly validDays: ValidDays;
}

/** A field that can have an error; `form` for errors without a field. */
export type TicketField = 'amount' | 'limit' | 'stop' | 'trail' | 'bound' | 'form';

export const EMPTY_TICKET: TicketState = {
  side: 'buy',
  kind: 'market',
  entry: 'quantity',
  amount: '',
  limit: '',
  stop: '',
  trail: '',
  bound: '',
  trailBy: 'percent',
  validDays: DEFAULT_VALID_DAYS,
};

/** The order types of each side: stops only sell. */
export const KINDS_OF: Readonly<Record<Side, readonly TicketKind[]>> = {
  buy: ['market', 'limit'],
  sell: ['market', 'limit', 'stop_loss', 'take_profit', 'trailing_stop'],
};

/** Changes the side and keeps the input that means the same there. */
export function withSide(state: TicketState, side: Side): TicketState {
  const kind = KINDS_OF[side].includes(state.kind) ? state.kind : 'market';
  return { ...state, side, kind };
}

/** Clears the amount after an order was placed. */
export function withoutAmount(state: TicketState): TicketState {
  return { ...state, amount: '' };
}

export function orderTypeOf({ side, kind }: Pick<TicketState, 'side' | 'kind'>): OrderType {
  if (kind === 'market') return side === 'buy' ? 'market_buy' : 'market_sell';
  if (kind === 'limit') return side === 'buy' ? 'limit_buy' : 'limit_sell';
  return kind;
}

/** Returns the fields of an order type besides the amount. Other fields are neither checked nor sent. */
export function fieldsOf(kind: TicketKind): readonly TicketField[] {
  if (kind === 'limit') return ['limit'];
  if (kind === 'stop_loss' || kind === 'take_profit') return ['stop', 'bound'];
  if (kind === 'trailing_stop') return ['trail', 'bound'];
  return [];
}
