import { isoTime } from '@cnop/common/core/brands';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { anAssetTransaction } from '@cnop/testing/builders/asset';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { aBalanceTransaction } from '@cnop/testing/builders/user';
import { describe, expect, it } from 'vitest';
import { foldEntry, foldNewAccount } from '../../../src/house-book/domain/fold-entry.ts';

const BTC = anAssetId('BTC');
const at = (text: string) => isoTime(new Date(text));
const { checkpoint: opened } = foldNewAccount(emptyBalance(aUsername('ann'), at('2026-01-01T00:00:00Z')));

const payment = (sequence: number, created_at: string, cash: string): BalanceTransaction =>
  aBalanceTransaction({
    sequence,
    created_at: at(created_at),
    transaction_type: 'order_payment',
    legs: [
      { account: 'house:asset:BTC', amount: cash },
      { account: 'house:spread', amount: '0.25' },
      { account: 'house:rounding', amount: '0.005' },
      { account: 'house:fee', amount: '0.5' },
    ],
  });
const buy = anAssetTransaction({ asset_id: 'BTC', quantity: '0.01', total_amount: '499.76' });
const sale = anAssetTransaction({
  asset_id: 'BTC',
  transaction_type: 'sell',
  quantity: '0.004',
  total_amount: '199.00',
});

describe('an entry of the ledger', () => {
  it('adds cash at the mid price, units the other way, and what the house earned, to its day and to all days', () => {
    const { additions, checkpoint } = foldEntry(opened, payment(1, '2026-01-02T09:00:00Z', '499.505'), buy);
    const accounts = { 'house:spread': '0.25', 'house:rounding': '0.005', 'house:fee': '0.5' };
    const house = { accounts, new_users: 0, active_users: 1, trades: 1, volume: '499.76' };
    const asset = {
      units: '-0.01',
      cash: '499.505',
      spread: '0.25',
      fees: '0.5',
      rounding: '0.005',
      buys: 1,
      sales: 0,
      bought: '0.01',
      sold: '0',
      volume: '499.76',
      buyers: 1,
      sellers: 0,
    };
    expect(additions).toEqual([
      { period: '2026-01-02', sums: house },
      { period: 'ALL', sums: house },
      { period: '2026-01-02', assetId: BTC, sums: asset },
      { period: 'ALL', assetId: BTC, sums: asset },
    ]);
    expect(checkpoint).toMatchObject({
      sequence: 1,
      last_day: '2026-01-02',
      traded: { BTC: { bought_on: '2026-01-02', sold_on: null } },
    });
  });

  it('belongs to the day of an entry before it when that is later, so that a user is counted once a day', () => {
    const first = foldEntry(opened, payment(1, '2026-01-03T00:00:00Z', '1'), buy);
    const second = foldEntry(first.checkpoint, payment(2, '2026-01-02T23:59:59Z', '1'), buy);
    expect(
      second.additions.map(({ period, sums }) => [
        period,
        'buyers' in sums ? sums.buyers : sums.active_users,
      ]),
    ).toEqual([
      ['2026-01-03', 0],
      ['ALL', 0],
      ['2026-01-03', 0],
      ['ALL', 0],
    ]);
    const third = foldEntry(second.checkpoint, payment(3, '2026-01-04T00:00:00Z', '-200'), sale);
    expect(
      third.additions.map(({ period, sums }) => [
        period,
        'sellers' in sums ? sums.sellers : sums.active_users,
      ]),
    ).toEqual([
      ['2026-01-04', 1],
      ['ALL', 0],
      ['2026-01-04', 1],
      ['ALL', 1],
    ]);
    expect(third.additions[2]?.sums).toMatchObject({
      units: '0.004',
      cash: '-200',
      sold: '0.004',
      volume: '199',
    });
  });

  it('that moves cash between users or an unknown account needs no rule of its own', () => {
    const legs = [
      { account: 'user:bob', amount: '5' },
      { account: 'house:adjustment', amount: '-2' },
    ];
    const entry = aBalanceTransaction({ sequence: 1, created_at: at('2026-01-02T00:00:00Z'), legs });
    const { additions } = foldEntry(opened, entry, undefined);
    expect(additions).toHaveLength(2);
    expect(additions[0]?.sums).toEqual({
      accounts: { 'house:adjustment': '-2' },
      new_users: 0,
      active_users: 1,
      trades: 0,
      volume: '0',
    });
  });
});
