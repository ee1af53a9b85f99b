import { anAssetId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { valueOfHolding, valuePortfolio } from '../../../src/features/portfolio/portfolio-values.ts';
import { holding, portfolio } from './portfolio-fixture.ts';

const BTC = anAssetId('BTC');

describe('the value of a position', () => {
  it('uses the current price, and the price of the answer until there is one', () => {
    expect(valueOfHolding(holding(BTC), '110.5')).toEqual({ value: '221.00', result: '41.00' });
    expect(valueOfHolding(holding(BTC), undefined)).toEqual({
      value: '200.00',
      result: '20.00',
    });
  });

  it('is rounded down, with the sign of a loss', () => {
    const small = holding(anAssetId('SHIB'), { quantity: '3', total_invested: '1.00' });
    expect(valueOfHolding(small, '0.109999')).toEqual({ value: '0.32', result: '-0.68' });
  });
});

describe('the value of an account', () => {
  it('adds cash and positions at their current prices', () => {
    const account = portfolio({
      assets: [holding(BTC), holding(anAssetId('ETH'), { quantity: '10', current_price: '5' })],
      total_invested: '230.00',
      realized_pnl: '-7.00',
    });
    expect(valuePortfolio(account, new Map([['BTC', '101']]))).toEqual({
      total: '302.00',
      assets: '252.00',
      result: '22.00',
      // 50 of cash, 230 in holdings, and 7 that were lost.
      netDeposits: '287.00',
      holdings: new Map([
        ['BTC', '202.00'],
        ['ETH', '50.00'],
      ]),
    });
  });

  it('is its cash without positions', () => {
    const account = portfolio({ assets: [], total_invested: '0.00' });
    expect(valuePortfolio(account, new Map())).toMatchObject({
      total: '50.00',
      assets: '0.00',
      result: '0.00',
    });
  });
});
