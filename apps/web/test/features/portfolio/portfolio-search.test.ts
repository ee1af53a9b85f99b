import { anAssetId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { sortHoldings } from '../../../src/features/portfolio/portfolio-search.ts';
import { holding } from './portfolio-fixture.ts';

const holdings = [
  holding(anAssetId('BTC'), { market_value: '90.00', total_invested: '100.00', unrealized_pnl: '-10.00' }),
  holding(anAssetId('ADA'), { market_value: '1000.00', total_invested: '1002.00', unrealized_pnl: '-2.00' }),
  holding(anAssetId('ETH'), { market_value: '90.00', total_invested: '20.00', unrealized_pnl: '70.00' }),
];

describe('positions', () => {
  it.each([
    [{}, ['ADA', 'BTC', 'ETH']],
    [{ dir: 'asc' }, ['BTC', 'ETH', 'ADA']],
    [{ sort: 'name' }, ['ADA', 'BTC', 'ETH']],
    [{ sort: 'name', dir: 'desc' }, ['ETH', 'BTC', 'ADA']],
    [{ sort: 'cost' }, ['ADA', 'BTC', 'ETH']],
    [{ sort: 'result' }, ['ETH', 'ADA', 'BTC']],
    [{ sort: 'result', dir: 'asc' }, ['BTC', 'ADA', 'ETH']],
  ] as const)('are sorted by %j', (search, expected) => {
    expect(sortHoldings(holdings, search).map(({ asset_id }) => asset_id)).toEqual(expected);
  });
});
