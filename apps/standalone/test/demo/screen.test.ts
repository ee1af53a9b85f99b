import { expect, test } from 'vitest';
import { gain, ledgerTable, ordersTable, portfolioTable, profitText } from '../../src/demo/screen.ts';
import { dollars, groupThousands, tableLines } from '../../src/terminal-text.ts';

test.each([
  ['0', '0'],
  ['999', '999'],
  ['1000', '1,000'],
  ['1234567.8901', '1,234,567.8901'],
  ['123456789012345', '123,456,789,012,345'],
])('%s is grouped as %s', (plain, grouped) => {
  expect(groupThousands(plain)).toBe(grouped);
});

test.each([
  ['0.00', '$0.00'],
  ['1234.50', '$1,234.50'],
  ['-1234.50', '-$1,234.50'],
])('%s USD is shown as %s', (usd, shown) => {
  expect(dollars(usd)).toBe(shown);
});

test.each([
  ['0.00', '$0.00'],
  ['12.00', '+$12.00'],
  ['-0.01', '-$0.01'],
])('a difference of %s is shown as %s', (usd, shown) => {
  expect(gain(usd)).toBe(shown);
});

test.each([
  ['10000.00', '10000.00', 'no profit and no loss'],
  ['10001.50', '10000.00', 'a profit of $1.50'],
  ['8999.99', '10000.00', 'a loss of $1,000.01'],
])('%s of %s is %s', (value, deposited, text) => {
  expect(profitText(value, deposited)).toBe(text);
});

test('columns are as wide as their widest cell, and numbers stand below each other', () => {
  const columns = [{ title: 'asset' }, { title: 'price', align: 'right' }] as const;
  const rows = [
    ['BTC', '$50,000.00'],
    ['日本円', '$0.01'],
  ];
  expect(tableLines(columns, rows)).toEqual([
    'asset       price',
    'BTC    $50,000.00',
    '日本円         $0.01',
  ]);
});

test('a table without titles has no line of titles', () => {
  expect(tableLines([{}, { align: 'right' }], [['users', '1']])).toEqual(['users  1']);
});

test('an order is shown with what it cost', () => {
  const order = {
    order_id: '1',
    asset_id: 'DOGE',
    status: 'completed',
    quantity: '1000.5',
    price: '0.123456',
    total_amount: '123.52',
  };
  const { columns, rows } = ordersTable([order], 'paid');
  expect(columns.map(({ title }) => title)).toEqual(['asset', 'quantity', 'price', 'paid', 'status']);
  expect(rows).toEqual([['DOGE', '1,000.5', '$0.123456', '$123.52', 'completed']]);
});

test('the ledger is shown oldest first, with signs', () => {
  const entry = { transaction_type: 'order_payment', amount: '5.00', description: null };
  const { rows } = ledgerTable({
    transactions: [
      { ...entry, sequence: 2, direction: 'debit', new_balance: '95.00', description: 'Bought' },
      { ...entry, sequence: 1, direction: 'credit', new_balance: '100.00' },
    ],
  });
  expect(rows).toEqual([
    ['1', 'order payment', '+$5.00', '$100.00'],
    ['2', 'Bought', '-$5.00', '$95.00'],
  ]);
});

test('the portfolio ends with cash and the total', () => {
  const { rows } = portfolioTable({
    usd_balance: '100.00',
    total_asset_value: '49.00',
    total_portfolio_value: '149.00',
    assets: [
      {
        asset_id: 'BTC',
        quantity: '0.001',
        current_price: '49000',
        market_value: '49.00',
        unrealized_pnl: '-1.00',
      },
    ],
  });
  expect(rows).toEqual([
    ['BTC', '0.001', '$49,000', '$49.00', '-$1.00'],
    ['cash', '', '', '$100.00', ''],
    ['total', '', '', '$149.00', ''],
  ]);
});
