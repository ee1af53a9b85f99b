import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatQuantity } from '@cnop/common/core/money';
import { recurringBuyOfWork } from '@cnop/common/dao/order/recurring-buy-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { RecurringBuy } from '@cnop/common/entities/order/recurring-buy';
import { nextRefusalEvent } from '@cnop/common/entities/user/live-event';
import { OrderRefusedError, unitsForCash } from '@cnop/common/trading/settlement';
import { InternalError, NotFoundError, UnavailableError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import { placeOrder } from '../../use-cases/place-order.ts';
import type { ScheduledBuy } from '../domain/recurring-runs.ts';
import { afterMiss, afterPurchase, afterRefusal, isMissed, isScheduled } from '../domain/recurring-runs.ts';
import type { RecurringBuyDeps } from './manage-recurring-buys.ts';
import { RecurringBuyMoved, recurringReads, recurringWrites, unchanged } from './manage-recurring-buys.ts';

/** The price may move between the computation of the quantity and the commit; then the quantity is computed again. */
const MAX_PRICE_ATTEMPTS = 5;
const SERVER_FAULT = 500;
const DESCRIPTION = 'Recurring buy';

/**
 * Takes the run of a recurring buy that is due: places a market buy for at most its amount and plans the next run, in one
 * commit. So each run buys once, whatever other processes do. Where the order is refused, another commit says so to the
 * user. Does nothing when the run was taken, or the recurring buy changed meanwhile.
 * @throws ProblemError (503) when there is no current price: the run is tried again soon, for some hours
 */
export async function runRecurringBuy(deps: RecurringBuyDeps, work: DueWork): Promise<void> {
  const { username, recurring_buy_id } = recurringBuyOfWork(work);
  const buy = await deps.recurringBuys.getRecurringBuy(username, recurring_buy_id);
  if (!buy || !isScheduled(buy) || buy.next_run_at !== work.due_at) return;
  try {
    await takeRun(deps, buy);
  } catch (error) {
    if (!(error instanceof RecurringBuyMoved)) throw error;
  }
}

async function takeRun(deps: RecurringBuyDeps, buy: ScheduledBuy): Promise<void> {
  if (isMissed(buy, deps.clock.now())) return recordMiss(deps, buy);
  try {
    await purchase(deps, buy);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status >= SERVER_FAULT) throw error;
    await recordRefusal(deps, buy, error.code);
  }
}

async function purchase(deps: RecurringBuyDeps, buy: ScheduledBuy): Promise<void> {
  for (let attempt = 1; attempt <= MAX_PRICE_ATTEMPTS; attempt += 1) {
    try {
      return await purchaseAtQuote(deps, buy);
    } catch (error) {
      if (!hasPriceMoved(error)) throw error;
    }
  }
  throw new UnavailableError('The price keeps moving.');
}

/** Buys as much as the amount pays for at the current quote, and nothing at a worse one. */
async function purchaseAtQuote(deps: RecurringBuyDeps, buy: ScheduledBuy): Promise<void> {
  const { username, asset_id, amount } = buy;
  const user = await deps.users.getUserByUsername(username);
  if (!user)
    throw new InternalError(new Error(`the user of the recurring buy ${buy.recurring_buy_id} is gone`));
  const asset = await deps.assets.getAsset(asset_id);
  if (!asset) throw new NotFoundError(`The asset ${asset_id}`);
  // Without a quote the order is refused in any case, so the last price of the asset will do.
  const ask = deps.quoteFor(asset_id, asset)?.ask ?? asset.current_price;
  const terms = { feeBps: asset.fee_bps, quantityScale: asset.quantity_scale };
  const quantity = unitsForCash(decimal(amount), decimal(ask), terms);
  if (!quantity.gt('0')) throw new OrderRefusedError('The amount buys less than the smallest quantity.');
  await placeOrder(deps, {
    username,
    role: user.role,
    request: {
      asset_id,
      order_type: 'market_buy',
      quantity: formatQuantity(quantity),
      price_bound: ask,
      description: DESCRIPTION,
    },
    requestHash: '',
    intent: undefined,
    alongside: {
      reads: recurringReads(buy),
      writesFor(items, order) {
        const before = unchanged(buy, items);
        return recurringWrites(before, afterPurchase(buy, order, deps.clock.now()));
      },
    },
  });
}

function hasPriceMoved(error: unknown): boolean {
  return error instanceof OrderRefusedError && error.errors.some(({ field }) => field === 'price_bound');
}

async function recordMiss(deps: RecurringBuyDeps, buy: ScheduledBuy): Promise<void> {
  await deps.store.transact(recurringReads(buy), (items) => ({
    writes: recurringWrites(unchanged(buy, items), afterMiss(buy, deps.clock.now())),
    result: undefined,
  }));
}

/** Plans the next run after a refusal, and tells the user. */
async function recordRefusal(deps: RecurringBuyDeps, buy: ScheduledBuy, code: string): Promise<void> {
  const now = deps.clock.now();
  const id = deps.ids.next();
  const after: RecurringBuy = afterRefusal(buy, code, now);
  const reads = { ...recurringReads(buy), balance: balanceRecord.key({ username: buy.username }) };
  await deps.store.transact(reads, (items) => {
    const before = unchanged(buy, items);
    const known = balanceRecord.readIfPresent(items.balance);
    if (!known) throw new InternalError(new Error(`${buy.username} has no balance`));
    const { recurring_buy_id, asset_id, amount, status, next_run_at } = after;
    const refused = { recurring_buy_id, asset_id, amount, status, next_run_at, error_code: code };
    const { balance, event } = nextRefusalEvent(known, refused, { id, at: isoTime(now) });
    const writes = [balanceRecord.replace(balance), liveEventRecord.create(event)];
    return { writes: [...recurringWrites(before, after), ...writes], result: undefined };
  });
}
