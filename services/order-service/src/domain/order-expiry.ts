import type { OrderType } from '@cnop/common/entities/order/order';
import { isMarketOrder } from '@cnop/common/trading/order-sides';
import type { FieldError } from '@cnop/exception/problem-error';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const DEFAULT_EXPIRY_DAYS = 30;
const MAX_EXPIRY_DAYS = 365;

interface Expiry {
  /** Null for orders that never wait. */
  readonly expiresAt: string | null;
  readonly errors: readonly FieldError[];
}

/** When an order that waits ends by itself: 30 days from now unless the client says otherwise. */
export function checkExpiry(orderType: OrderType, requested: string | null | undefined, now: Date): Expiry {
  if (isMarketOrder(orderType)) return { expiresAt: null, errors: [] };
  const daysFromNow = (days: number) => new Date(now.getTime() + days * DAY_MILLISECONDS).toISOString();
  if (requested === null || requested === undefined) {
    return { expiresAt: daysFromNow(DEFAULT_EXPIRY_DAYS), errors: [] };
  }
  const refuse = (message: string, code: string): Expiry => ({
    expiresAt: null,
    errors: [{ field: 'expires_at', pointer: '/expires_at', message, code }],
  });
  if (requested <= now.toISOString()) return refuse('This must be in the future.', 'too_small');
  if (requested > daysFromNow(MAX_EXPIRY_DAYS)) {
    return refuse(`At most ${MAX_EXPIRY_DAYS} days from now.`, 'too_big');
  }
  return { expiresAt: requested, errors: [] };
}
