import { decimal, formatUsd } from '@cnop/common/core/money';
import { dollars, groupThousands } from '../terminal/numbers.ts';
import type { Column } from '../terminal/table.ts';
import type { Ledger, PlacedOrder, Portfolio } from './answers.ts';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const right = (title: string): Column => ({ title, align: 'right' });

export function ordersTable(orders: readonly PlacedOrder[], totalTitle: string): Table {
  return {
    columns: [{ title: 'asset' }, right('quantity'), right('price'), right(totalTitle), { title: 'status' }],
    rows: orders.map(({ asset_id, quantity, price, total_amount, status }) => [
      asset_id,
      groupThousands(quantity),
      dollars(price),
      dollars(total_amount),
      status,
    ]),
  };
}

export function portfolioTable({ assets, usd_balance, total_portfolio_value }: Portfolio): Table {
  return {
    columns: [{ title: 'asset' }, right('quantity'), right('price'), right('value'), right('profit or loss')],
    rows: [
      ...assets.map(({ asset_id, quantity, current_price, market_value, unrealized_pnl }) => [
        asset_id,
        groupThousands(quantity),
        dollars(current_price),
        dollars(market_value),
        gain(unrealized_pnl),
      ]),
      ['cash', '', '', dollars(usd_balance), ''],
      ['total', '', '', dollars(total_portfolio_value), ''],
    ],
  };
}

/** Oldest first, as a bank statement is read. */
export function ledgerTable({ transactions }: Ledger): Table {
  return {
    columns: [right('no.'), { title: 'what' }, right('amount'), right('balance')],
    rows: transactions
      .toSorted((one, other) => one.sequence - other.sequence)
      .map(({ sequence, description, transaction_type, direction, amount, new_balance }) => [
        String(sequence),
        description ?? transaction_type.replaceAll('_', ' '),
        gain(direction === 'debit' ? `-${amount}` : amount),
        dollars(new_balance),
      ]),
  };
}

/** A difference in USD with its sign; nothing has none. */
export function gain(usd: string): string {
  return decimal(usd).gt('0') ? `+${dollars(usd)}` : dollars(usd);
}

/** What is there less what was put in, and that in words. */
export function profitText(valueUsd: string, depositedUsd: string): string {
  const difference = decimal(valueUsd).minus(depositedUsd);
  if (difference.eq('0')) return 'no profit and no loss';
  const amount = dollars(formatUsd(difference.abs()));
  return difference.gt('0') ? `a profit of ${amount}` : `a loss of ${amount}`;
}
