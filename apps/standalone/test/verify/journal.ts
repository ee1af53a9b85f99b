import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { decimal, formatDecimal, formatQuantity, formatUsd } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { clientOrderRecord, orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument, OrderStatus } from '@cnop/common/entities/order/order-document';
import type { Balance } from '@cnop/common/entities/user/balance';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import type { LiveEventType } from '@cnop/common/entities/user/live-event';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { anEventId } from '@cnop/testing/builders/brands';
import { anOrderDocument } from '@cnop/testing/builders/order';
import type { Execution, Movement } from './journal-entries.ts';
import { ledgerEntry, orderData, tradeEntry, tradeLegs } from './journal-entries.ts';

/** An order with the hold and cost that the test expects, computed by hand. */
type Draft = Partial<OrderDocument> & Pick<OrderDocument, 'order_id' | 'order_type' | 'quantity'>;

const STEPS_AT_ONCE = ['pending', 'confirmed', 'processing', 'completed'] as const;
const NEVER_OPEN = { accepted_quote: null, trigger_quote: null, trigger_price: null } as const;
const NOTHING_YET = { quantity: '0', average_purchase_price: '1900', total_invested: '0.00' } as const;

/**
 * Keeps the funds of one user: it adds and subtracts the given amounts and knows no rule of trading. The audit must find
 * no violation in its writes.
 * @param assetId the only asset that this user trades
 */
export function createJournal(opened: Balance, assetId: AssetId) {
  let balance = opened;
  const { username } = opened;
  let holding: StoredAssetBalance = aStoredAssetBalance({
    username,
    asset_id: assetId,
    ...NOTHING_YET,
    created_at: opened.created_at,
  });
  const orders = new Map<string, OrderDocument>();
  const lines: Write[] = [];

  function tell(type: LiveEventType, at: IsoTime, order?: OrderDocument, withHolding = false): void {
    balance = { ...balance, event_seq: balance.event_seq + 1, updated_at: at };
    const { event_seq: seq, current_balance, held_balance } = balance;
    const { quantity, held_quantity } = holding;
    lines.push(
      liveEventRecord.create({
        seq,
        id: anEventId(`event-${username}-${seq}`),
        type,
        occurred_at: at,
        username,
        data: {
          balance: { current_balance, held_balance },
          ...(order && { order: orderData(order) }),
          ...(withHolding && { holding: { asset_id: assetId, quantity, held_quantity } }),
        },
      }),
    );
  }

  function move(
    at: IsoTime,
    amount: string,
    { reference_id, type, legs }: Pick<Movement, 'reference_id' | 'type' | 'legs'>,
  ): void {
    const isCredit = decimal(amount).gt('0');
    const next = formatUsd(decimal(balance.current_balance).plus(amount));
    const sequence = balance.transaction_count + 1;
    const size = formatUsd(decimal(amount).abs());
    const total = { deposit: 'total_deposits', order_payment: 'total_orders' } as const;
    lines.push(ledgerEntry(balance, { sequence, size, isCredit, next, type, legs, reference_id, at }));
    const isSummedUp = type === 'deposit' || !isCredit;
    balance = {
      ...balance,
      current_balance: next,
      transaction_count: sequence,
      last_transaction: at,
      ...(isSummedUp && { [total[type]]: formatUsd(decimal(balance[total[type]]).plus(size)) }),
    };
  }

  function hold({ order_type }: OrderDocument, amount: string): void {
    const change = decimal(amount).gt('0') ? 1 : -1;
    balance = { ...balance, open_order_count: (balance.open_order_count ?? 0) + change };
    if (order_type === 'limit_buy') {
      balance = { ...balance, held_balance: formatUsd(decimal(balance.held_balance).plus(amount)) };
    } else {
      holding = { ...holding, held_quantity: formatQuantity(decimal(holding.held_quantity).plus(amount)) };
    }
  }

  const blank = (at: IsoTime) => ({
    username,
    asset_id: assetId,
    price: null,
    total_amount: null,
    created_at: at,
    updated_at: at,
  });

  function moved(order: OrderDocument, status: OrderStatus, at: IsoTime): OrderDocument {
    return { ...order, status, updated_at: at, history: [...order.history, { status, at, reason: null }] };
  }

  function known(orderId: string): OrderDocument {
    const order = orders.get(orderId);
    if (!order) throw new Error(`there is no order ${orderId}`);
    return order;
  }

  function trade(order: OrderDocument, execution: Execution): void {
    const { at, price, total, fees, realized = '0' } = execution;
    const buys = order.order_type.endsWith('buy');
    const cash = buys ? decimal(total).plus(fees).neg() : decimal(total).minus(fees);
    const units = decimal(order.quantity);
    holding = {
      ...holding,
      quantity: formatQuantity(buys ? units.plus(holding.quantity) : decimal(holding.quantity).minus(units)),
      total_invested: formatUsd(decimal(holding.total_invested).minus(cash).plus(realized)),
      realized_pnl: formatUsd(decimal(holding.realized_pnl).plus(realized)),
      updated_at: at,
    };
    const legs = tradeLegs(order, execution);
    move(at, formatUsd(cash), { reference_id: order.order_id, type: 'order_payment', legs });
    lines.push(tradeEntry(order, buys ? 'buy' : 'sell', execution));
    const executed = { executed_price: price, total_amount: total, fees, executed_at: at, held_amount: '0' };
    const done: OrderDocument = {
      ...order,
      ...executed,
      price: order.order_type.startsWith('limit') ? order.price : price,
    };
    orders.set(order.order_id, done);
    tell('order.completed', at, done, true);
  }

  return {
    deposit(at: IsoTime, amount: string): void {
      const legs = [{ account: LEDGER_ACCOUNTS.deposit, amount: formatDecimal(decimal(amount).neg()) }];
      move(at, amount, { reference_id: null, type: 'deposit', legs });
      tell('balance.changed', at);
    },

    /** Adds an order that is filled in the commit that accepts it. */
    execute(draft: Draft, execution: Execution): void {
      const { at } = execution;
      const history = STEPS_AT_ONCE.map((status) => ({ status, at, reason: null }));
      trade(
        anOrderDocument({ ...NEVER_OPEN, ...blank(at), ...draft, status: 'completed', history }),
        execution,
      );
    },

    /** Adds an open order with a hold. */
    queue(
      at: IsoTime,
      draft: Draft & Pick<OrderDocument, 'held_amount' | 'accepted_quote' | 'expires_at'>,
    ): void {
      const history = (['pending', 'confirmed', 'queued'] as const).map((status) => ({
        status,
        at,
        reason: null,
      }));
      const order = anOrderDocument({ ...blank(at), ...draft, status: 'queued', history });
      orders.set(order.order_id, order);
      hold(order, order.held_amount);
      tell('order.queued', at, order, order.order_type !== 'limit_buy');
    },

    trigger(orderId: string, trigger_quote: Quote, trigger_price: Price, execution: Execution): void {
      const order = known(orderId);
      hold(order, `-${order.held_amount}`);
      const triggered = { ...order, trigger_quote, trigger_price };
      trade(moved(moved(triggered, 'processing', execution.at), 'completed', execution.at), execution);
    },

    end(
      orderId: string,
      status: 'cancelled' | 'expired' | 'failed',
      at: IsoTime,
      changes: Partial<OrderDocument> = {},
    ): void {
      const order = known(orderId);
      hold(order, `-${order.held_amount}`);
      const ended: OrderDocument = {
        ...moved(order, status, at),
        held_amount: '0',
        ...(status === 'cancelled' && { cancelled_at: at }),
        ...changes,
      };
      orders.set(orderId, ended);
      tell(`order.${status}`, at, ended, order.order_type !== 'limit_buy');
    },

    /** Returns the writes of all items, each in its last state. */
    writes(): Write[] {
      const claims = [...orders.values()].flatMap(({ client_order_id, order_id }) =>
        client_order_id === null
          ? []
          : [clientOrderRecord.create({ username, client_order_id, order_id, request_hash: 'hash' })],
      );
      return [
        balanceRecord.create(balance),
        assetBalanceRecord.create(holding),
        ...[...orders.values()].map(orderOf).map(orderRecord.create),
        ...claims,
        ...lines,
      ];
    },
  };
}
