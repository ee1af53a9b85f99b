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
  for (const { sk, attributes } of items) {
    const [kind, name = 'USD'] = sk.split('#');
    if (kind === 'BALANCE') {
      const prefix = sk === 'BALANCE' ? 'TRANS#' : `WALLET#${name}#`;
      const entries = items.filter((item) => item.sk.startsWith(prefix)).map((item) => item.attributes);
      doubts.push(...doubtsAboutLedger(`${username} ${name}`, { balance: attributes, entries }, others));
    }
    // Between two wallets the house earns USD, in the record of the conversion.
    if (kind === 'CONVERSION')
      doubts.push(...doubtsAboutLegs(`${username} ${sk}`, ['USD', ZERO], attributes, others));
    if (kind === 'ASSET') {
      const moves = trades.filter(({ asset_id }) => asset_id === name);
      doubts.push(...doubtsAboutUnits(`${username} ${name}`, { position: attributes, moves }, others));
    }
  }
  return doubts;
}

/** The ledger is a chain that leads to the balance, and each entry has two sides. */
function doubtsAboutLedger(
  name: string,
  { balance, entries }: { readonly balance: Attributes; readonly entries: readonly Attributes[] },
  others: OtherSides,
): string[] {
  const doubts: string[] = [];
  const [, currency = ''] = name.split(' ');
  let cash = ZERO;
  for (const entry of entries) {
    const moved = decimal(text(entry['amount']));
    const signed = entry['direction'] === 'credit' ? moved : moved.neg();
    doubts.push(...doubtsAboutLegs(name, [currency, signed], entry, others));
    if (!cash.eq(text(entry['previous_balance']))) doubts.push(`${name}: breaks the chain`);
    cash = cash.plus(signed);
  }
  if (!cash.eq(text(balance['current_balance'])))
    doubts.push(
      `${name}: the ledger sums to ${formatDecimal(cash)}, not ${text(balance['current_balance'])}`,
    );
  return [...doubts, ...doubtsAboutAmount(name, balance['current_balance'], balance['held_balance'])];
}

/** A movement and its other side sum to zero. */
function doubtsAboutLegs(
  name: string,
  [currency, moved]: readonly [string, Total],
  { legs, transaction_type }: Attributes,
  others: OtherSides,
): string[] {
  let sum = moved;
  // Only a refund gives back what the house has earned.
  const suffix = transaction_type === 'order_refund' ? ' refunded' : '';
  for (const { account, amount } of legs as { account: string; amount: string }[]) {
    sum = sum.plus(amount);
    add(others, `${currency} ${account}${suffix}`, decimal(amount));
  }
  return sum.eq(ZERO) ? [] : [`${name}: the sides of a movement sum to ${formatDecimal(sum)}`];
}

/** The movements of units lead to the position. */
function doubtsAboutUnits(
  name: string,
  { position, moves }: { readonly position: Attributes; readonly moves: readonly Attributes[] },
  others: OtherSides,
): string[] {
  let units = ZERO;
  const [, asset = ''] = name.split(' ');
  for (const move of moves) {
    const quantity = decimal(text(move['quantity']));
    const signed = isIncoming(move) ? quantity : quantity.neg();
    units = units.plus(signed);
    add(others, `${asset} ${text(move['counterpart'])}`, signed.neg());
  }
  const { quantity, held_quantity } = position;
  const doubts = doubtsAboutAmount(name, quantity, held_quantity);
  if (!units.eq(text(quantity)))
    doubts.push(`${name}: the moves sum to ${formatDecimal(units)}, not ${text(quantity)}`);
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
