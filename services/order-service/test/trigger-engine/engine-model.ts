/** A model of the trigger engine for one trader: compares every order with every price, in integers. */

export type WaitingType = 'limit_buy' | 'limit_sell' | 'stop_loss' | 'take_profit' | 'trailing_stop';

export interface ModelOrder {
  readonly type: WaitingType;
  /** The limit or the stop price, in USD. */
  readonly price: number;
  /** The trail, in USD or percent. */
  readonly trail: { readonly amount: number } | { readonly percent: number } | undefined;
  readonly expiresAtSeconds: number;
  status: 'queued' | 'completed' | 'cancelled' | 'expired';
  executedPrice: number | undefined;
  peak: number;
  isTriggered: boolean;
}

export type AssetState = 'active' | 'suspended' | 'cancel_only';

export interface EngineModel {
  readonly orders: ModelOrder[];
  readonly cash: () => number;
  readonly units: () => number;
  readonly heldCash: () => number;
  readonly heldUnits: () => number;
  readonly state: () => AssetState;
  readonly bid: () => number;
  /** Returns whether an order of these terms is accepted as an open order. */
  accepts(type: WaitingType, price: number, trail: ModelOrder['trail']): boolean;
  place(order: Pick<ModelOrder, 'type' | 'price' | 'trail'> & { readonly lifetimeSeconds: number }): void;
  cancel(index: number): boolean;
  /** Processes prices in such quick succession that orders only execute at the last. */
  prices(bids: readonly number[]): void;
  /** Advances the time and expires orders. */
  wait(seconds: number): void;
  become(state: AssetState): void;
  /** Executes what became due while trading was blocked, as a restart and tidying do without a new price. */
  settle(): void;
}

export function createEngineModel(start: {
  readonly cash: number;
  readonly units: number;
  readonly bid: number;
}): EngineModel {
  const orders: ModelOrder[] = [];
  let { cash, units, bid } = start;
  let seconds = 0;
  let state: AssetState = 'active';
  const open = (): ModelOrder[] => orders.filter(({ status }) => status === 'queued');
  const sum = (of: readonly ModelOrder[], value: (order: ModelOrder) => number): number =>
    of.reduce((total, order) => total + value(order), 0);
  const isBuy = ({ type }: ModelOrder): boolean => type === 'limit_buy';

  function stopOf(order: ModelOrder): number {
    if (!order.trail) return order.price;
    // All amounts are whole cents.
    return 'amount' in order.trail
      ? order.peak * 100 - order.trail.amount * 100
      : order.peak * (100 - order.trail.percent);
  }

  function triggers(order: ModelOrder, price: number): boolean {
    switch (order.type) {
      case 'stop_loss':
        return price <= order.price;
      case 'take_profit':
        return price >= order.price;
      case 'trailing_stop':
        order.peak = Math.max(order.peak, price);
        return price * 100 <= stopOf(order);
      default:
        return false;
    }
  }

  const isMet = (order: ModelOrder): boolean =>
    order.type === 'limit_buy' ? bid <= order.price : order.type === 'limit_sell' && bid >= order.price;

  function settle(): void {
    if (state !== 'active') return;
    for (const order of open()) {
      if (!order.isTriggered && !isMet(order)) continue;
      if (order.expiresAtSeconds <= seconds) {
        order.status = 'expired';
        continue;
      }
      order.status = 'completed';
      order.executedPrice = bid;
      cash += isBuy(order) ? -bid : bid;
      units += isBuy(order) ? 1 : -1;
    }
  }

  return {
    orders,
    cash: () => cash,
    units: () => units,
    heldCash: () => sum(open().filter(isBuy), ({ price }) => price),
    heldUnits: () => open().filter((order) => !isBuy(order)).length,
    state: () => state,
    bid: () => bid,
    accepts(type, price, trail) {
      if (state !== 'active') return false;
      if (type === 'limit_buy' || type === 'stop_loss') return price < bid;
      if (type === 'limit_sell' || type === 'take_profit') return price > bid;
      return trail !== undefined && (!('amount' in trail) || trail.amount < bid);
    },
    place({ type, price, trail, lifetimeSeconds }) {
      orders.push({
        type,
        price,
        trail: type === 'trailing_stop' ? trail : undefined,
        expiresAtSeconds: seconds + lifetimeSeconds,
        status: 'queued',
        executedPrice: undefined,
        peak: bid,
        isTriggered: false,
      });
    },
    cancel(index) {
      const order = orders[index];
      if (order?.status !== 'queued') return false;
      order.status = 'cancelled';
      return true;
    },
    prices(bids) {
      for (const price of bids) {
        bid = price;
        for (const order of open()) order.isTriggered = triggers(order, price) || order.isTriggered;
      }
      settle();
    },
    wait(passed) {
      seconds += passed;
      for (const order of open()) if (order.expiresAtSeconds <= seconds) order.status = 'expired';
    },
    become(next) {
      state = next;
    },
    settle,
  };
}
