import type { Username } from '@cnop/common/core/brands';
import { formatUsd } from '@cnop/common/core/money';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import type { QueryClient } from '@tanstack/react-query';
import type { CashBalance } from '../api/account/cash.ts';
import { BALANCE_KEY, CASH_KEYS } from '../api/account/cash.ts';
import { FUNDING_KEY } from '../api/account/funding.ts';
import { HOLDINGS_KEY, PORTFOLIO_HISTORY_KEY, PORTFOLIO_KEY } from '../api/account/portfolio.ts';
import { SESSIONS_KEY } from '../api/auth/sessions.ts';
import { orderKeys } from '../api/orders/orders.ts';
import { isPlacedHere } from '../api/orders/pending-orders.ts';
import { formatOwnPrice, formatQuantity } from '../format/numbers.ts';
import { joinLiveHub } from '../live/live-hub.ts';
import { noteEndedSession } from '../session/access-token.ts';
import { appearance } from '../settings/appearance.ts';
import { notify } from '../ui/notices.ts';
import { ORDER_TYPE_NAMES } from '../ui/order-names.ts';

/** The API limits history requests as reports: a few each minute. */
const TRADES_OF_HISTORY_MILLISECONDS = 20_000;

type OrderSummary = NonNullable<LiveEvent['data']['order']>;

/**
 * Follows the event stream of the signed-in user: keeps what is shown up to date and announces what happened.
 * @returns what stops following
 */
export function followAccount(queryClient: QueryClient, username: Username): () => void {
  return joinLiveHub({
    username,
    onEvent: (event) => applyLiveEvent(queryClient, event),
    onReset: () => refreshAccount(queryClient),
  });
}

/** Updates the cache after one event, whether it was caused here or in another window. */
function applyLiveEvent(queryClient: QueryClient, { type, data }: LiveEvent): void {
  const { balance, holding, order, session_id } = data;
  if (balance) {
    const { current_balance, held_balance } = balance;
    const available = formatUsd(availableCash(balance));
    queryClient.setQueryData<CashBalance>(BALANCE_KEY, (known) =>
      known ? { ...known, current_balance, held_balance, available_balance: available } : known,
    );
    refresh(queryClient, [...CASH_KEYS, PORTFOLIO_KEY]);
  }
  // Without a new history, a deposit or withdrawal would look like a gain or a loss.
  if (type === 'payment.changed') refresh(queryClient, [FUNDING_KEY, PORTFOLIO_HISTORY_KEY]);
  if (type === 'balance.changed') refresh(queryClient, [PORTFOLIO_HISTORY_KEY]);
  if (holding) {
    refresh(queryClient, [HOLDINGS_KEY, PORTFOLIO_KEY]);
    refreshHistoryOfTrades(queryClient);
  }
  // Orders that were refunded, units that moved without one, and recurring buys.
  if (type === 'holding.changed' || type === 'recurring_buy.refused') refresh(queryClient, [orderKeys.all]);
  if (session_id !== undefined) {
    refresh(queryClient, [SESSIONS_KEY]);
    noteEndedSession(session_id, data.session_end);
  }
  if (order) {
    refresh(queryClient, [orderKeys.all]);
    announce(type, order);
  }
  announceUnits(data);
}

let historyRefreshedAt = -TRADES_OF_HISTORY_MILLISECONDS;

/** Reads the history again after a trade, at most once in 20 seconds; later trades appear with the next read. */
function refreshHistoryOfTrades(queryClient: QueryClient): void {
  const now = performance.now();
  const isSoon = now - historyRefreshedAt < TRADES_OF_HISTORY_MILLISECONDS;
  if (!isSoon) historyRefreshedAt = now;
  const refetchType = isSoon ? 'none' : 'active';
  void queryClient.invalidateQueries({ queryKey: PORTFOLIO_HISTORY_KEY, refetchType });
}

/** Reads everything again after events were missed. */
function refreshAccount(queryClient: QueryClient): void {
  refresh(queryClient, [BALANCE_KEY, ...CASH_KEYS, HOLDINGS_KEY, SESSIONS_KEY, orderKeys.all]);
  refresh(queryClient, [PORTFOLIO_KEY, PORTFOLIO_HISTORY_KEY, FUNDING_KEY]);
}

/** Invalidates queries: what is on the screen is read at once, the rest when it is shown. */
function refresh(queryClient: QueryClient, keys: readonly (readonly string[])[]): void {
  for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
}

/** Shows a notice for an order that changed elsewhere. Orders placed in this window report themselves. */
function announce(type: LiveEvent['type'], order: OrderSummary): void {
  const { order_type, quantity, asset_id, executed_price, client_order_id } = order;
  const amount = appearance().hideAmounts ? '' : `${formatQuantity(quantity)} `;
  const what = `${ORDER_TYPE_NAMES[order_type]} ${amount}${asset_id}`;
  if (type === 'order.completed' && !isPlacedHere(client_order_id, 'executed')) {
    notify({
      tone: 'success',
      title: `${what} filled`,
      description: `At ${formatOwnPrice(executed_price)}.`,
    });
  }
  if (type === 'order.expired') notify({ tone: 'info', title: `${what} expired` });
  if (type === 'order.failed') notify({ tone: 'failure', title: `${what} failed` });
}

/** Shows a notice for units that arrived without an action of the user. The inbox announces what moved cash. */
function announceUnits({ holding, cause }: LiveEvent['data']): void {
  if (!holding || (cause !== 'airdrop' && cause !== 'transfer_received')) return;
  const title = `${cause === 'airdrop' ? 'Airdrop' : 'Transfer'} of ${holding.asset_id} received`;
  const description = `You have ${formatQuantity(holding.quantity)} ${holding.asset_id} now.`;
  notify({ tone: 'info', title, ...(!appearance().hideAmounts && { description }) });
}
