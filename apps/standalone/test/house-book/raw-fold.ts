import { createHouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import type { AttributeValue, TableStore } from '@cnop/common/database/table-store';
import { ASSETS } from './market.ts';

/** The scale of all sums of the fold below: quantity times price has at most 8 + 6 digits. */
const SCALE = 18;
const toUnits = (text: string): bigint => {
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(SCALE, '0'));
  return isNegative ? -units : units;
};

/** Folds the raw items of a store by day: units, cash and volume of each asset, buyers and active users. */
export async function foldRawItems(store: TableStore) {
  const sums = new Map<string, bigint>();
  const people = new Map<string, Set<string>>();
  const add = (name: string, amount: bigint): void => void sums.set(name, (sums.get(name) ?? 0n) + amount);
  const see = (name: string, user: string): void =>
    void people.set(name, (people.get(name) ?? new Set()).add(user));
  for await (const item of store.scan('users')) {
    const { attributes: fields, key } = item;
    const text = (name: string): string => {
      const value = fields[name];
      return typeof value === 'string' ? value : '';
    };
    const day = (at: string): string => at.slice(0, 10);
    if (key.pk.startsWith('TRANS#')) {
      const on = `${text('asset_id')} ${day(text('timestamp'))}`;
      const isBuy = text('transaction_type') === 'buy';
      const quantity = toUnits(text('quantity'));
      add(`${on} units`, isBuy ? -quantity : quantity);
      add(`${on} volume`, toUnits(text('total_amount')));
      see(`${on} ${isBuy ? 'buyers' : 'sellers'}`, text('username'));
    }
    if (key.sk.startsWith('TRANS#')) {
      const on = day(text('created_at'));
      see(`${on} active`, text('username'));
      for (const [account, amount] of legsOf(fields['legs'])) add(`${on} ${account}`, toUnits(amount));
    }
  }
  for (const [name, users] of people) sums.set(name, BigInt(users.size));
  return sums;
}

/** Reads the book in the same form. */
export async function bookInSameForm(store: TableStore) {
  const book = createHouseBookDao(store);
  const span = { from: '2000-01-01', to: '2999-01-01' };
  const sums = new Map<string, bigint>();
  for (const { period, accounts, active_users } of await book.getHouseDays(span)) {
    for (const [account, amount] of Object.entries(accounts))
      sums.set(`${period} ${account}`, toUnits(amount));
    if (active_users > 0) sums.set(`${period} active`, BigInt(active_users));
  }
  for (const { asset_id } of ASSETS) {
    for (const day of await book.getAssetDays(asset_id, span)) {
      const on = `${asset_id} ${day.period}`;
      sums.set(`${on} units`, toUnits(day.units));
      sums.set(`${on} volume`, toUnits(day.volume));
      sums.set(`${day.period} house:asset:${asset_id}`, toUnits(day.cash));
      if (day.buyers > 0) sums.set(`${on} buyers`, BigInt(day.buyers));
      if (day.sellers > 0) sums.set(`${on} sellers`, BigInt(day.sellers));
    }
  }
  return sums;
}

function legsOf(legs: AttributeValue | undefined): (readonly [account: string, amount: string])[] {
  if (!Array.isArray(legs)) return [];
  return legs.map((leg: unknown) => {
    const [account, amount] = ['account', 'amount'].map((name) => String(Reflect.get(Object(leg), name)));
    return [account ?? '', amount ?? ''] as const;
  });
}
