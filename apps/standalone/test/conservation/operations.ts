import type { AssetId, Username } from '@cnop/common/core/brands';
import { anAssetId } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import type { Call, World } from './world.ts';
import { CURRENCIES, MARKET, SECOND_STAFF, STAFF } from './world.ts';

/** What the operations of one run know: its users, its open orders and its answered requests. */
export interface Run {
  readonly world: World;
  readonly users: readonly Username[];
  readonly openOrders: { readonly as: Username; readonly orderId: string }[];
  readonly filledOrders: { readonly orderId: string; readonly quantity: string }[];
  readonly answered: { readonly call: Call; readonly text: string }[];
  keys: number;
  /** How often each kind of request succeeded, in all runs. */
  readonly done: Map<string, number>;
}

/** Something that may happen. Returns when it has. */
export interface Operation {
  readonly name: string;
  readonly act: (run: Run) => Promise<void>;
}

const USERS_OF_A_RUN = 3;

/** Sends a request. Whatever it is, the answer is no server error. */
async function send(run: Run, call: Call): Promise<string | undefined> {
  const { status, text } = await run.world.post(call);
  if (status >= 500) throw new Error(`${call.url} ${JSON.stringify(call.body)} answered ${status}: ${text}`);
  if (status >= 300) return undefined;
  const kind = kindOf(call);
  run.done.set(kind, (run.done.get(kind) ?? 0) + 1);
  if (call.key !== undefined) run.answered.push({ call, text });
  return text;
}

/** Names a request by its path without ids, and an order by its type. */
function kindOf({ url, body }: Call): string {
  const path = url.replace(/[0-9a-f-]{36}|[a-z]+_\d+/, ':id');
  if ('currency' in body) return `${path} ${String(body.currency)}`;
  return 'order_type' in body ? `${path} ${String(body.order_type)}` : path;
}

const userOf = ({ users }: Run, position: number): Username => users[position % users.length]!;
const keyOf = (run: Run, hasKey: boolean): string | undefined => (hasKey ? `key-${run.keys++}` : undefined);

const user = fc.nat({ max: USERS_OF_A_RUN - 1 });
const hasKey = fc.boolean();
/** Amounts of USD: small ones, with cents, round ones, and more than anyone has. */
const usd = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((cents) => (cents / 100).toFixed(2)),
  fc.integer({ min: 1, max: 2_000_000 }).map((cents) => (cents / 100).toFixed(2)),
  fc.constantFrom('1', '1000', '999999.99', '1000000'),
);
const market = fc.constantFrom(...MARKET);
/** Quantities that cost from less than a cent to more than most have. */
const quantityOf = ({ quantity_scale: scale, mid }: (typeof MARKET)[number]) =>
  fc
    .tuple(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(0.00001, 0.01, 0.1, 1))
    .map(([digits, dollars]) => {
      const text = ((digits * dollars) / Number(mid)).toFixed(scale);
      return Number(text) > 0 ? text.replace(/\.?0+$/, '') : `0.${'1'.padStart(scale, '0')}`;
    });

const moveCash = fc
  .record({ user, usd, hasKey, kind: fc.constantFrom('deposit', 'deposit', 'withdraw') })
  .map(
    ({ user: by, usd: amount, hasKey: keyed, kind }): Operation => ({
      name: `user ${by}: ${kind} ${amount}`,
      act: async (run) => {
        await send(run, {
          as: userOf(run, by),
          url: `/balance/${kind}`,
          body: { amount },
          key: keyOf(run, keyed),
        });
      },
    }),
  );

const currencies = fc.constantFrom(...CURRENCIES);

const moveWallet = fc
  .record({ user, currency: currencies, units: fc.nat({ max: 500_000 }), hasKey, isDeposit: fc.boolean() })
  .map(
    ({
      user: by,
      currency: { asset_id: currency, quantity_scale },
      units,
      hasKey: keyed,
      isDeposit,
    }): Operation => {
      const kind = isDeposit ? 'deposit' : 'withdraw';
      const amount = (units / 10 ** quantity_scale).toFixed(quantity_scale);
      return {
        name: `user ${by}: ${kind} ${amount} ${currency}`,
        act: async (run) => {
          const body = { amount, currency };
          await send(run, { as: userOf(run, by), url: `/balance/${kind}`, body, key: keyOf(run, keyed) });
        },
      };
    },
  );

const pairs = fc.shuffledSubarray(['USD', ...CURRENCIES.map(({ asset_id }) => asset_id)], {
  minLength: 2,
  maxLength: 2,
});

/** Amounts from a few of the smallest units to more than most have; too many digits for JPY are refused. */
const convert = fc
  .record({
    user,
    pair: pairs,
    units: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 200_000 })),
    digits: fc.constantFrom(0, 2),
    fixes: fc.constantFrom('from', 'to'),
    hasKey,
  })
  .map(({ user: by, pair: [from = '', to = ''], units, digits, fixes, hasKey: keyed }): Operation => {
    const amount = (units / 10 ** digits).toFixed(digits);
    return {
      name: `user ${by}: convert ${amount} ${from} to ${to}, ${fixes} fixed`,
      act: async (run) => {
        const body = { from, to, amount, fixes };
        await send(run, { as: userOf(run, by), url: '/conversions', body, key: keyOf(run, keyed) });
      },
    };
  });

const adjust = fc.record({ user, usd, sign: fc.constantFrom('', '-') }).map(
  ({ user: of, usd: size, sign }): Operation => ({
    name: `staff: adjust user ${of} by ${sign}${size}`,
    act: async (run) => {
      const body = { amount: `${sign}${size}`, description: 'correction' };
      await send(run, { as: STAFF, url: `/admin/users/${userOf(run, of)}/adjustments`, body });
    },
  }),
);

const transfer = fc.record({ user, to: user, usd, hasKey }).map(
  ({ user: by, to, usd: amount, hasKey: keyed }): Operation => ({
    name: `user ${by}: transfer ${amount} to user ${to}`,
    act: async (run) => {
      const body = { to: userOf(run, to), amount };
      await send(run, { as: userOf(run, by), url: '/transfers', body, key: keyOf(run, keyed) });
    },
  }),
);

const trade = market.chain((asset) =>
  fc
    .record({
      user,
      hasKey,
      quantity: quantityOf(asset),
      type: fc.constantFrom('market_buy', 'market_buy', 'market_sell'),
    })
    .map(
      ({ user: by, hasKey: keyed, quantity, type }): Operation => ({
        name: `user ${by}: ${type} ${quantity} ${asset.asset_id}`,
        act: async (run) => {
          const body = { asset_id: asset.asset_id, order_type: type, quantity };
          const text = await send(run, { as: userOf(run, by), url: '/orders', body, key: keyOf(run, keyed) });
          if (text !== undefined) run.filledOrders.push({ orderId: orderIdIn(text), quantity });
        },
      }),
    ),
);

const transferUnits = market.chain((asset) =>
  fc.record({ user, to: user, quantity: quantityOf(asset), hasKey }).map(
    ({ user: by, to, quantity, hasKey: keyed }): Operation => ({
      name: `user ${by}: transfer ${quantity} ${asset.asset_id} to user ${to}`,
      act: async (run) => {
        const body = { to: userOf(run, to), asset_id: asset.asset_id, quantity };
        await send(run, { as: userOf(run, by), url: '/transfers/units', body, key: keyOf(run, keyed) });
      },
    }),
  ),
);

const orderIdIn = (text: string): string =>
  (JSON.parse(text) as { data: { order_id: string } }).data.order_id;

/** A refund of a whole order, or of a part of it, which another member of staff approves. */
const refund = fc.record({ which: fc.nat(), isWhole: fc.boolean() }).map(
  ({ which, isWhole }): Operation => ({
    name: `staff: refund ${isWhole ? '' : 'a part of '}order ${which}`,
    act: async (run) => {
      const order = run.filledOrders[which % run.filledOrders.length];
      if (!order) return;
      const quantity = isWhole ? {} : { quantity: order.quantity.replace(/\d$/, '1') };
      const url = `/admin/orders/${order.orderId}/refund`;
      const proposed = await send(run, { as: STAFF, url, body: { ...quantity, reason: 'wrong price' } });
      if (proposed === undefined) return;
      const { data } = JSON.parse(proposed) as { data: { proposal_id: string } };
      const body = { proposal_id: data.proposal_id };
      await send(run, { as: SECOND_STAFF, url: `${url}/approve`, body, key: keyOf(run, true) });
    },
  }),
);

/** A price near the first one of an asset, in whole per cent of it. */
const priceNear = ({ mid, price_scale }: (typeof MARKET)[number]) =>
  fc.integer({ min: 60, max: 140 }).map((percent) => ((Number(mid) * percent) / 100).toFixed(price_scale));

const leaveOrder = market.chain((asset) =>
  fc
    .record({
      user,
      quantity: quantityOf(asset),
      terms: fc.oneof(
        priceNear(asset).map((price) => ({ order_type: 'limit_buy', price })),
        priceNear(asset).map((price) => ({ order_type: 'limit_sell', price })),
        priceNear(asset).map((stop_price) => ({ order_type: 'stop_loss', stop_price })),
        priceNear(asset).map((stop_price) => ({ order_type: 'take_profit', stop_price })),
        fc
          .integer({ min: 1, max: 30 })
          .map((percent) => ({ order_type: 'trailing_stop', trail_percent: `${percent}` })),
      ),
    })
    .map(
      ({ user: by, quantity, terms }): Operation => ({
        name: `user ${by}: ${JSON.stringify(terms)} ${quantity} ${asset.asset_id}`,
        act: async (run) => {
          const as = userOf(run, by);
          const text = await send(run, {
            as,
            url: '/orders',
            body: { asset_id: asset.asset_id, quantity, ...terms },
          });
          if (text === undefined) return;
          run.openOrders.push({ as, orderId: orderIdIn(text) });
        },
      }),
    ),
);

const cancel = fc.nat().map(
  (which): Operation => ({
    name: `cancel order ${which}`,
    act: async (run) => {
      const order = run.openOrders[which % run.openOrders.length];
      if (order) await send(run, { as: order.as, url: `/orders/${order.orderId}/cancel`, body: {} });
    },
  }),
);

const movePrice = market.chain((asset) =>
  priceNear(asset).map(
    (mid): Operation => ({
      name: `${asset.asset_id} moves to ${mid}`,
      act: async ({ world }) => world.price(idOf(asset.asset_id), mid),
    }),
  ),
);
const idOf = (id: string): AssetId => anAssetId(id);

const retry = fc.nat().map(
  (which): Operation => ({
    name: `retry ${which}`,
    act: async ({ world, answered }) => {
      const first = answered[which % answered.length];
      if (!first) return;
      const { text } = await world.post(first.call);
      if (text !== first.text) throw new Error(`a retry was answered ${text}, and first ${first.text}`);
    },
  }),
);

const restart = fc.constant<Operation>({ name: 'restart', act: async ({ world }) => world.restart() });

const single = fc.oneof(
  { weight: 5, arbitrary: moveCash },
  { weight: 2, arbitrary: moveWallet },
  { weight: 5, arbitrary: convert },
  { weight: 1, arbitrary: adjust },
  { weight: 4, arbitrary: transfer },
  { weight: 6, arbitrary: trade },
  { weight: 4, arbitrary: leaveOrder },
  { weight: 2, arbitrary: cancel },
  { weight: 2, arbitrary: refund },
  { weight: 4, arbitrary: transferUnits },
  { weight: 3, arbitrary: movePrice },
  { weight: 2, arbitrary: retry },
);

/** Several operations at the same moment, in no order. */
const together = fc.array(single, { minLength: 2, maxLength: 4 }).map(
  (operations): Operation => ({
    name: `together: ${operations.map(({ name }) => name).join('; ')}`,
    act: async (run) => {
      await Promise.all(operations.map(async ({ act }) => act(run)));
    },
  }),
);

/** Anything that may happen to the money of the users of a run. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 40, arbitrary: single },
  { weight: 6, arbitrary: together },
  { weight: 1, arbitrary: restart },
);
