import type { OrderStatus, OrderType } from '@cnop/common/entities/order/order-document';
import type { BadgeTone } from './badge.tsx';

export const ORDER_TYPE_NAMES: Readonly<Record<OrderType, string>> = {
  market_buy: 'Market buy',
  market_sell: 'Market sell',
  limit_buy: 'Limit buy',
  limit_sell: 'Limit sell',
  stop_loss: 'Stop-loss',
  take_profit: 'Take-profit',
  trailing_stop: 'Trailing stop',
};

export const ORDER_STATUS_NAMES: Readonly<Record<OrderStatus, string>> = {
  pending: 'Pending',
  confirmed: 'Confirmed',
  queued: 'Open',
  processing: 'Processing',
  completed: 'Filled',
  cancelled: 'Cancelled',
  failed: 'Failed',
  expired: 'Expired',
};

export const ORDER_STATUS_TONES: Readonly<Record<OrderStatus, BadgeTone>> = {
  pending: 'neutral',
  confirmed: 'neutral',
  queued: 'accent',
  processing: 'neutral',
  completed: 'gain',
  cancelled: 'neutral',
  failed: 'loss',
  expired: 'warn',
};

/** Reasons by error code, for what usually refuses an order that is placed without its user. */
const REFUSALS: Readonly<Record<string, string>> = {
  BUS_001: 'Not enough cash.',
  BUS_002: 'The amount is too small or above a limit.',
  BUS_003: 'The asset could not be bought.',
  AUTH_002: 'Your account may not trade.',
};

/** Returns why an order was refused, by its error code. */
export function refusalText(code: string | null): string {
  return REFUSALS[code ?? ''] ?? 'The order was refused.';
}
