import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { Wallet } from '../../api/account/wallets.ts';
import { walletsQuery } from '../../api/account/wallets.ts';
import { formatQuantity, MISSING } from '../../format/numbers.ts';
import { Money } from '../../ui/amounts.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { CURRENCY_NAMES } from '../../ui/currency-names.ts';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';

/** As high as the header and one wallet. */
const SKELETON_ROWS = 2;

interface WalletsProps {
  /** The currency whose cash the page shows below. */
  readonly chosen: Currency;
}

/** The cash in all currencies, each with its value in USD. A currency leads to its wallet. */
export function Wallets({ chosen }: WalletsProps) {
  const { data, error, refetch } = useQuery(walletsQuery());
  return (
    <section aria-labelledby="wallets-title" className="card min-w-0">
      <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id="wallets-title" className="font-medium">
          Wallets
        </h2>
        <span className="flex items-baseline gap-3">
          {data && (
            <span className="text-sm text-muted">
              Worth <Money value={data.total_usd_value} className="font-medium text-ink" />
            </span>
          )}
          <Link
            to="/cash/convert"
            search={{ from: chosen === BASE_CURRENCY ? undefined : chosen }}
            className={buttonClass({ size: 'small' })}
          >
            Convert
          </Link>
        </span>
      </div>
      {data ? (
        <Table caption="Wallets" head={<Heads />}>
          {data.data.map((wallet) => (
            <WalletRow key={wallet.currency} wallet={wallet} isChosen={wallet.currency === chosen} />
          ))}
        </Table>
      ) : error ? (
        <ErrorState title="Your wallets could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading your wallets" rows={SKELETON_ROWS} rowClass="h-10.5" />
      )}
    </section>
  );
}

function Heads() {
  return (
    <>
      <Column>Currency</Column>
      <Column isNumeric>Available</Column>
      <Column isNumeric className="hidden md:table-cell">
        Held
      </Column>
      <Column isNumeric className="hidden sm:table-cell">
        Rate in USD
      </Column>
      <Column isNumeric>Worth in USD</Column>
    </>
  );
}

interface WalletRowProps {
  readonly wallet: Wallet;
  readonly isChosen: boolean;
}

function WalletRow({ wallet, isChosen }: WalletRowProps) {
  const { currency, available_balance, held_balance, mid_rate, usd_value } = wallet;
  return (
    <Row className={clsx(isChosen && 'bg-sunken')}>
      <RowHead>
        <Link
          to="/cash"
          search={{ currency: currency === BASE_CURRENCY ? undefined : currency }}
          aria-current={isChosen ? 'true' : undefined}
          resetScroll={false}
          className="grid min-h-8 content-center rounded hover:underline"
        >
          <span className="font-medium">{currency}</span>
          <span className="text-xs text-faint">{CURRENCY_NAMES[currency]}</span>
        </Link>
      </RowHead>
      <Cell isNumeric>
        <Money value={available_balance} currency={currency} className="font-medium" />
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        <Money value={held_balance} currency={currency} />
      </Cell>
      <Cell isNumeric className="hidden text-muted sm:table-cell">
        {currency === BASE_CURRENCY ? MISSING : formatQuantity(mid_rate)}
      </Cell>
      <Cell isNumeric>
        <Money value={usd_value} />
      </Cell>
    </Row>
  );
}
