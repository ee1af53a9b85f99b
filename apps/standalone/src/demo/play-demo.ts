import { randomBytes, randomUUID } from 'node:crypto';
import { decimal } from '@cnop/common/core/money';
import { generatePassword } from '../create-admin.ts';
import { dollars, groupThousands } from '../terminal-text.ts';
import type { ApiClient, PlacedOrder } from './api-client.ts';
import {
  catalogueAnswer,
  DemoFailure,
  ledgerAnswer,
  loginAnswer,
  messageAnswer,
  orderAnswer,
  portfolioAnswer,
  receiptAnswer,
} from './api-client.ts';
import type { Purchase } from './choose-purchases.ts';
import { choosePurchases, chooseSale } from './choose-purchases.ts';
import type { Screen, Table } from './screen.ts';
import { ledgerTable, ordersTable, portfolioTable, profitText } from './screen.ts';

const DEPOSIT_USD = '10000.00';
const USERNAME_BYTES = 4;

/**
 * Acts as a new customer from sign-up to portfolio and shows every step.
 * @throws DemoFailure when the server refuses or does not answer, or when no asset can be bought
 */
export async function playDemo(api: ApiClient, screen: Screen): Promise<void> {
  await signUp(api, screen);
  await deposit(api, screen);
  const purchases = await readCatalogue(api, screen);
  await buy(api, screen, purchases);
  await sell(api, screen, purchases);
  await showLedger(api, screen);
  await showPortfolio(api, screen);
}

async function signUp(api: ApiClient, screen: Screen): Promise<void> {
  const username = `demo_${randomBytes(USERNAME_BYTES).toString('hex')}`;
  const password = generatePassword();
  screen.step(`Sign up as ${username}`);
  await api.call({
    method: 'POST',
    path: '/auth/register',
    body: { username, password, email: `${username}@example.com`, first_name: 'Demo', last_name: 'Customer' },
    answer: messageAnswer,
  });
  const { access_token } = await api.call({
    method: 'POST',
    path: '/auth/login',
    body: { username, password },
    answer: loginAnswer,
  });
  api.signIn(access_token);
}

async function deposit(api: ApiClient, screen: Screen): Promise<void> {
  screen.step(`Deposit ${dollars(DEPOSIT_USD)}`);
  const { new_balance } = await api.call({
    method: 'POST',
    path: '/balance/deposit',
    body: { amount: DEPOSIT_USD, description: 'First deposit' },
    idempotencyKey: randomUUID(),
    answer: receiptAnswer,
  });
  screen.line(`Cash is now ${dollars(new_balance)}.`);
}

async function readCatalogue(api: ApiClient, screen: Screen): Promise<Purchase[]> {
  screen.step('Read the catalogue');
  const { data, active_count } = await api.call({
    method: 'GET',
    path: '/inventory/assets?limit=250',
    answer: catalogueAnswer,
  });
  const purchases = choosePurchases(data);
  if (purchases.length === 0) {
    throw new DemoFailure(
      'No asset of the catalogue can be bought. Add the shipped assets with cnop catalogue load.',
    );
  }
  const names = purchases.map(({ asset }) => `${asset.name} (${asset.asset_id})`).join(', ');
  screen.line(`${active_count} assets are available. This demo buys ${names}.`);
  return purchases;
}

async function buy(api: ApiClient, screen: Screen, purchases: readonly Purchase[]): Promise<void> {
  screen.step(purchases.length === 1 ? 'Buy it' : 'Buy them');
  const orders: PlacedOrder[] = [];
  for (const { asset, quantity } of purchases) {
    orders.push(await placeOrder(api, { order_type: 'market_buy', asset_id: asset.asset_id, quantity }));
  }
  show(screen, ordersTable(orders, 'paid'));
}

/** Sells a part of the first and largest purchase. */
async function sell(api: ApiClient, screen: Screen, [purchase]: readonly Purchase[]): Promise<void> {
  if (!purchase) return;
  const quantity = chooseSale(purchase);
  screen.step(`Sell ${groupThousands(quantity)} ${purchase.asset.asset_id}`);
  const order = { order_type: 'market_sell', asset_id: purchase.asset.asset_id, quantity };
  show(screen, ordersTable([await placeOrder(api, order)], 'received'));
}

async function showLedger(api: ApiClient, screen: Screen): Promise<void> {
  screen.step('Read the ledger: every movement of cash');
  show(
    screen,
    ledgerTable(await api.call({ method: 'GET', path: '/balance/transactions', answer: ledgerAnswer })),
  );
}

async function showPortfolio(api: ApiClient, screen: Screen): Promise<void> {
  screen.step('Read the portfolio, at the prices of this moment');
  const portfolio = await api.call({ method: 'GET', path: '/portfolio', answer: portfolioAnswer });
  show(screen, portfolioTable(portfolio));
  const { usd_balance, total_asset_value, total_portfolio_value } = portfolio;
  if (!decimal(usd_balance).plus(total_asset_value).eq(total_portfolio_value)) {
    throw new DemoFailure('Cash and assets do not add up to the total of the portfolio.');
  }
  screen.line();
  screen.line(
    `${dollars(DEPOSIT_USD)} went in, ${dollars(total_portfolio_value)} is there: ` +
      `${profitText(total_portfolio_value, DEPOSIT_USD)}.`,
  );
}

async function placeOrder(
  api: ApiClient,
  body: { readonly order_type: string; readonly asset_id: string; readonly quantity: string },
): Promise<PlacedOrder> {
  const placed = await api.call({
    method: 'POST',
    path: '/orders',
    body,
    idempotencyKey: randomUUID(),
    answer: orderAnswer,
  });
  return placed.data;
}

function show(screen: Screen, { columns, rows }: Table): void {
  screen.line();
  screen.table(columns, rows);
}
