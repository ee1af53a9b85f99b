import { UnavailableError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import type { UserRole } from '../entities/user/user.ts';

/** Seconds that a client should wait for the next quote. */
const NEXT_QUOTE_SECONDS = 2;

/** 422 BUS_002: the order breaks a rule of trading. */
export class OrderRefusedError extends ProblemError {
  /**
   * @param field the member of the request that breaks the rule
   * @param extensions figures that explain the refusal, such as the current price
   */
  constructor(detail: string, field?: string, extensions: Readonly<Record<string, string>> = {}) {
    super('BUS_002', {
      detail,
      extensions,
      ...(field && { errors: [{ field, pointer: `/${field}`, message: detail, code: 'breaks_rule' }] }),
    });
  }
}

/** 422 BUS_002: the user has as many open orders as one user may have. */
export class OpenOrderLimitError extends ProblemError {
  constructor({ openOrders, limit }: { readonly openOrders: number; readonly limit: number }) {
    super('BUS_002', {
      detail: `You have ${openOrders} open orders, and ${limit} is the limit. Cancel one first.`,
      extensions: { open_orders: openOrders, limit },
    });
  }
}

/** 422 BUS_003: the state of the asset does not permit the order. */
export class AssetNotTradableError extends ProblemError {
  constructor(assetId: string, reason = 'is not available for trading') {
    const detail = `${assetId} ${reason}.`;
    super('BUS_003', {
      detail,
      errors: [{ field: 'asset_id', pointer: '/asset_id', message: detail, code: 'not_available' }],
    });
  }
}

/** 403 AUTH_002: staff can move prices and balances, so their own accounts do not trade. */
class StaffCannotTradeError extends ProblemError {
  constructor() {
    super('AUTH_002', {
      detail: 'Accounts with a staff role cannot trade. Use an account without one.',
    });
  }
}

/** Returns whether a role may trade: only customers may. */
export function mayTrade(role: UserRole): boolean {
  return role === 'customer';
}

/**
 * Refuses accounts with a staff role.
 * @throws StaffCannotTradeError (403)
 */
export function assertMayTrade(role: UserRole): void {
  if (!mayTrade(role)) throw new StaffCannotTradeError();
}

/** 503 SVC_001: there is no quote, or it is too old to trade at. */
export class PriceTooOldError extends UnavailableError {
  constructor(assetId: string) {
    super(`There is no current price of ${assetId}: try again in a moment.`, {
      retryAfterSeconds: NEXT_QUOTE_SECONDS,
    });
  }
}

/** 503 SVC_001: the price jumped, and the jump is not confirmed yet. */
export class PriceSuspendedError extends UnavailableError {
  constructor(assetId: string) {
    super(`The price of ${assetId} jumped and waits for confirmation: try again in a moment.`, {
      retryAfterSeconds: NEXT_QUOTE_SECONDS,
    });
  }
}
