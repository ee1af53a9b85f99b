import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Column } from '../terminal-text.ts';
import { dollars, groupThousands, tableLines } from '../terminal-text.ts';
import type { Ledger, PlacedOrder, Portfolio } from './api-client.ts';

export interface Output {
  readonly print: (text: string) => void;
  /** Whether the terminal shows colours and its user wants them. */
  readonly hasColours: boolean;
}

/** The output of the demo. */
export interface Screen {
  /** Prints the title of the next numbered step. */
  step(title: string): void;
  /** Prints a request and the status of its answer. */
  request(method: string, path: string, status: number): void;
  line(text?: string): void;
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
}

const INDENT = '   ';
const BOLD = ['\u001B[1m', '\u001B[22m'] as const;
const DIM = ['\u001B[2m', '\u001B[22m'] as const;

/** Creates a screen over an output. */
export function createScreen({ print, hasColours }: Output): Screen {
  const styled = ([on, off]: readonly [string, string], text: string): string =>
    hasColours ? on + text + off : text;
  const line = (text = ''): void => print(text === '' ? '\n' : `${INDENT}${text}\n`);
  let steps = 0;
  return {
    step(title) {
      steps += 1;
      print(`\n${styled(BOLD, `${steps}. ${title}`)}\n`);
    },
    request: (method, path, status) => line(styled(DIM, `${method} ${path} -> ${status}`)),
    line,
    table(columns, rows) {
      for (const text of tableLines(columns, rows)) line(text);
    },
  };
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const right = (title: string): Column => ({ title, align: 'right' });

/** Returns filled orders as a table. */
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

/** Returns positions, cash and total as a table. */
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

/** Returns the ledger entries, oldest first, like a bank statement. */
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

/** Formats a difference in USD with its sign; zero has none. */
export function gain(usd: string): string {
  return decimal(usd).gt('0') ? `+${dollars(usd)}` : dollars(usd);
}

/** Describes the value less the deposit as a profit or a loss. */
export function profitText(valueUsd: string, depositedUsd: string): string {
  const difference = decimal(valueUsd).minus(depositedUsd);
  if (difference.eq('0')) return 'no profit and no loss';
  const amount = dollars(formatUsd(difference.abs()));
  return difference.gt('0') ? `a profit of ${amount}` : `a loss of ${amount}`;
}
