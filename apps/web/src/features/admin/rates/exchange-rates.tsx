import { decimal } from '@cnop/common/core/money';
import type { Currency, ExchangeRate } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import { exchangeRatesQuery } from '../../../api/exchange-rates.ts';
import type { MarketAsset } from '../../../api/market.ts';
import { currenciesQuery } from '../../../api/market.ts';
import { formatPercent, formatQuantity, MISSING, percentChange } from '../../../format/numbers.ts';
import { Badge, STATUS_NAMES, STATUS_TONES } from '../../../ui/badge.tsx';
import { CURRENCY_NAMES, RATE_FAULTS } from '../../../ui/currency-names.ts';
import { Select } from '../../../ui/select.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';
import { Age } from '../../../ui/time.tsx';
import { AssetActions } from '../assets/asset-actions.tsx';
import type { Permissions } from '../permissions.ts';
import { SetSpread } from './set-spread.tsx';

const SKELETON_ROWS = 5;
const QUOTES = currencySchema.options.map((value) => ({
  value,
  label: `${value} · ${CURRENCY_NAMES[value]}`,
}));

interface ExchangeRatesProps {
  readonly permissions: Permissions;
  /** The currency in which the others are priced. */
  readonly quote: Currency;
  readonly onQuote: (quote: Currency) => void;
}

/** The rates of all currencies, and what staff may do with them. */
export function ExchangeRates({ permissions, quote, onQuote }: ExchangeRatesProps) {
  const { data: assets, error, refetch } = useQuery(currenciesQuery());
  const rates = useQuery(exchangeRatesQuery(quote));
  const failure = error ?? rates.error;
  return (
    <section aria-label="Exchange rates" className="card">
      <div className="flex flex-wrap items-end justify-between gap-3 border-b border-line p-3">
        <Select<Currency>
          label="Priced in"
          className="w-52"
          options={QUOTES}
          value={quote}
          onChange={onQuote}
        />
        <p className="max-w-prose text-sm text-muted">
          Rates in another currency than USD lead over USD and have both spreads. Rates are set in USD.
        </p>
      </div>
      {assets && rates.data ? (
        assets.length > 0 ? (
          <Table caption="Exchange rates" head={<Heads />}>
            {assets.map((asset) => (
              <RateRow
                key={asset.asset_id}
                asset={asset}
                quote={quote}
                rate={rates.data.find(({ base }) => base === asset.asset_id)}
                permissions={permissions}
              />
            ))}
          </Table>
        ) : (
          <EmptyState title="No currencies">Add a currency to the catalogue as a new asset.</EmptyState>
        )
      ) : failure ? (
        <ErrorState
          title="The rates could not be loaded"
          error={failure}
          onRetry={() => {
            void refetch();
            void rates.refetch();
          }}
        />
      ) : (
        <SkeletonRows label="Loading the rates" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function Heads() {
  return (
    <>
      <Column>Pair</Column>
      <Column className="hidden sm:table-cell">Status</Column>
      <Column isNumeric>Mid</Column>
      <Column isNumeric className="hidden md:table-cell">
        Bid
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Ask
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Spread
      </Column>
      <Column isNumeric className="hidden sm:table-cell">
        Updated
      </Column>
      <Column>
        <span className="sr-only">Actions</span>
      </Column>
    </>
  );
}

interface RateRowProps {
  readonly asset: MarketAsset;
  readonly quote: Currency;
  /** `undefined` for the quote currency itself, and without a price. */
  readonly rate: ExchangeRate | undefined;
  readonly permissions: Permissions;
}

function RateRow({ asset, quote, rate, permissions }: RateRowProps) {
  const { asset_id, name, status, spread_bps } = asset;
  return (
    <Row>
      <RowHead>
        <span className="grid py-1.5">
          <span className="font-medium">
            {asset_id}/{quote}
          </span>
          <span className="text-xs text-faint">{name}</span>
          {(status !== 'active' || rate?.fault) && (
            <span className="sm:hidden">
              <State status={status} rate={rate} />
            </span>
          )}
        </span>
      </RowHead>
      <Cell className="hidden sm:table-cell">
        <State status={status} rate={rate} />
      </Cell>
      <Cell isNumeric className="font-medium">
        {formatQuantity(rate?.mid)}
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        {formatQuantity(rate?.bid)}
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        {formatQuantity(rate?.ask)}
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        {formatPercent(rate && spreadPercent(rate))}
      </Cell>
      <Cell isNumeric className="hidden text-muted sm:table-cell">
        {rate ? <Age value={rate.at} /> : MISSING}
      </Cell>
      <Cell isNumeric className="w-28">
        <span className="inline-flex">
          {permissions.editsAssets && <SetSpread asset={asset} spreadBps={spread_bps} />}
          {permissions.managesTrading && <AssetActions asset={asset} look="icons" />}
        </span>
      </Cell>
    </Row>
  );
}

function State({ status, rate }: Pick<RateRowProps, 'rate'> & Pick<MarketAsset, 'status'>) {
  const fault = rate?.fault ?? null;
  if (status === 'active' && fault !== null) return <Badge tone="warn">{RATE_FAULTS[fault]}</Badge>;
  return <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>;
}

/** Returns the whole spread in percent of the bid. */
function spreadPercent({ bid, ask }: ExchangeRate): string | undefined {
  return percentChange(ask, decimal(bid));
}
