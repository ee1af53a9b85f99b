import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { Attributes, TableStore } from '@cnop/common/database/table-store';
import { MARKET } from './world.ts';

// Reads what is stored, and uses no rule of the platform but exact addition: what users have, what the other sides have, and
// nothing else.

const EARNINGS = /^house:(?:spread|rounding|fee)$/;

type Total = ReturnType<typeof decimal>;

/** What the accounts on the other side received, by account. */
export type OtherSides = Map<string, Total>;

/** Everything that is stored about some users. */
interface Books {
  readonly items: readonly { readonly sk: string; readonly attributes: Attributes }[];
  readonly trades: readonly Attributes[];
}

async function readPartition(store: TableStore, pk: string): Promise<Books['items']> {
  const items: { sk: string; attributes: Attributes }[] = [];
  let after: Awaited<ReturnType<TableStore['query']>>['next'];
  do {
    const page = await store.query({ table: 'users', pk, order: 'ascending', limit: 100, after });
    for (const { key, attributes } of page.items) items.push({ sk: key.sk, attributes });
    after = page.next;
  } while (after);
  return items;
}

async function readBooks(store: TableStore, username: string): Promise<Books> {
  const items = await readPartition(store, username);
  const pages = await Promise.all(
    MARKET.map(async ({ asset_id }) => readPartition(store, `TRANS#${username}#${asset_id}`)),
  );
  return { items, trades: pages.flat().map(({ attributes }) => attributes) };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function add(totals: OtherSides, account: string, amount: Total): void {
  totals.set(account, (totals.get(account) ?? ZERO).plus(amount));
}

/** Returns every reason to doubt the books of one user, and adds the other sides of the user's movements. */
function doubtsAbout(username: string, { items, trades }: Books, others: OtherSides): string[] {
  const doubts: string[] = [];
  const balance = items.find(({ sk }) => sk === 'BALANCE')?.attributes ?? {};
  let cash = ZERO;
  for (const { sk, attributes } of items) {
    if (!sk.startsWith('TRANS#')) continue;
    const moved = decimal(text(attributes['amount']));
    const signed = attributes['direction'] === 'credit' ? moved : moved.neg();
    let sum = signed;
    for (const leg of attributes['legs'] as { account: string; amount: string }[]) {
      sum = sum.plus(leg.amount);
      // Only a refund gives back what the house has earned.
      const isRefund = attributes['transaction_type'] === 'order_refund';
      add(others, `USD ${leg.account}${isRefund ? ' refunded' : ''}`, decimal(leg.amount));
    }
    if (!sum.eq(ZERO)) doubts.push(`${username} ${sk}: the sides sum to ${formatDecimal(sum)}`);
    if (!cash.eq(text(attributes['previous_balance']))) doubts.push(`${username} ${sk}: breaks the chain`);
    cash = cash.plus(signed);
  }
  if (!cash.eq(text(balance['current_balance'])))
    doubts.push(
      `${username}: the ledger sums to ${formatDecimal(cash)}, not ${text(balance['current_balance'])}`,
    );
  doubts.push(...doubtsAboutAmount(username, balance['current_balance'], balance['held_balance']));
  for (const { sk, attributes } of items) {
    if (!sk.startsWith('ASSET#')) continue;
    const asset = sk.slice('ASSET#'.length);
    let units = ZERO;
    for (const trade of trades.filter(({ asset_id }) => asset_id === asset)) {
      const quantity = decimal(text(trade['quantity']));
      const signed = isIncoming(trade) ? quantity : quantity.neg();
      units = units.plus(signed);
      add(others, `${asset} ${text(trade['counterpart'])}`, signed.neg());
    }
    if (!units.eq(text(attributes['quantity'])))
      doubts.push(
        `${username} ${asset}: the trades sum to ${formatDecimal(units)}, not ${text(attributes['quantity'])}`,
      );
    doubts.push(
      ...doubtsAboutAmount(`${username} ${asset}`, attributes['quantity'], attributes['held_quantity']),
    );
  }
  return doubts;
}

const INCOMING: readonly unknown[] = ['buy', 'sell_refund'];

/** Movements without cash say their direction, the others follow from their type. */
function isIncoming({ transaction_type, direction }: Attributes): boolean {
  return typeof direction === 'string' ? direction === 'in' : INCOMING.includes(transaction_type);
}

/** An amount and what is held of it: 0 <= held <= amount. */
function doubtsAboutAmount(name: string, amount: unknown, held: unknown): string[] {
  const [all, part] = [decimal(text(amount)), decimal(text(held))];
  return part.lt(ZERO) || part.gt(all) ? [`${name}: ${text(held)} of ${text(amount)} is held`] : [];
}

/**
 * Returns every reason to doubt that nothing was made or lost: each user's books, and that the other sides of transfers
 * between these users cancel out. The house never gives away by a spread, by rounding or by a fee.
 */
export async function doubtsAboutBooks(store: TableStore, usernames: readonly string[]): Promise<string[]> {
  const others: OtherSides = new Map();
  const doubts: string[] = [];
  for (const username of usernames) {
    doubts.push(...doubtsAbout(username, await readBooks(store, username), others));
  }
  const between = new Map<string, Total>();
  for (const [account, total] of others) {
    const [asset = '', name = '', refunded] = account.split(' ');
    if (name.startsWith('user:')) add(between, asset, total);
    if (refunded === undefined && EARNINGS.test(name) && total.lt(ZERO))
      doubts.push(`the house lost ${formatDecimal(total)} by ${account}`);
  }
  for (const [asset, total] of between) {
    if (!total.eq(ZERO)) doubts.push(`transfers of ${asset} made ${formatDecimal(total)}`);
  }
  return doubts;
}
