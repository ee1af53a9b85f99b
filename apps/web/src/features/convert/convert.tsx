import type { Currency } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import { ArrowUpDown } from 'lucide-react';
import type { ConversionReceipt, ConversionRequest } from '../../api/account/wallets.ts';
import { walletsQuery } from '../../api/account/wallets.ts';
import { Money } from '../../ui/amounts.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CURRENCY_NAMES } from '../../ui/currency-names.ts';
import { DecimalField } from '../../ui/field.tsx';
import { OutcomeNotice } from '../../ui/outcome-notice.tsx';
import { Select } from '../../ui/select.tsx';
import { ConfirmConversion } from './confirm-conversion.tsx';
import type { Tolerance } from './conversion-form.ts';
import { ConversionTerms } from './conversion-terms.tsx';
import type { ConvertSearch } from './convert-search.ts';
import { pairOf } from './convert-search.ts';
import { useConversion } from './use-conversion.ts';

const CURRENCIES = currencySchema.options.map((value) => ({
  value,
  label: `${value} · ${CURRENCY_NAMES[value]}`,
}));

const TOLERANCES: readonly { readonly value: Tolerance; readonly label: string }[] = [
  { value: '0.1', label: 'At most 0.1 % worse' },
  { value: '0.5', label: 'At most 0.5 % worse' },
  { value: '1', label: 'At most 1 % worse' },
  { value: 'any', label: 'Any rate' },
];

interface ConvertProps {
  readonly search: ConvertSearch;
  readonly onSearch: (search: ConvertSearch) => void;
}

/** The form that converts cash between two currencies, at a rate that is shown before. */
export function Convert({ search, onSearch }: ConvertProps) {
  const pair = pairOf(search);
  const form = useConversion(pair);
  const { typed, errors, outcome, preview } = form;
  const change = (next: ConvertSearch): void => {
    form.forget();
    onSearch(next);
  };
  const amountOf = (side: 'from' | 'to'): string => {
    if (typed.fixes === side) return typed.amount;
    return (side === 'from' ? preview?.debited : preview?.credited) ?? '';
  };
  const isSending = outcome.kind === 'sending';
  return (
    <section aria-labelledby="convert-title" className="card p-4">
      <h2 id="convert-title" className="sr-only">
        Convert cash
      </h2>
      <form noValidate onSubmit={form.submit} className="grid grid-cols-1 gap-3">
        <Side
          side="from"
          label="You give"
          currency={pair.from}
          amount={amountOf('from')}
          error={typed.fixes === 'from' ? errors.amount : undefined}
          onAmount={(amount) => form.type(amount, 'from')}
          onCurrency={(from) => change({ from, to: from === pair.to ? pair.from : pair.to })}
        />
        <div className="flex justify-center">
          <IconButton label="Swap the currencies" onClick={() => change({ from: pair.to, to: pair.from })}>
            <ArrowUpDown aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
        <Side
          side="to"
          label="You receive"
          currency={pair.to}
          amount={amountOf('to')}
          error={typed.fixes === 'to' ? errors.amount : undefined}
          onAmount={(amount) => form.type(amount, 'to')}
          onCurrency={(to) => change({ from: to === pair.from ? pair.to : pair.from, to })}
        />
        <Select<Tolerance>
          label="If the rate moves before it executes"
          options={TOLERANCES}
          value={form.tolerance}
          onChange={(next) => form.tolerate(next)}
        />
        <ConversionTerms pair={pair} preview={preview} />
        <Button type="submit" tone="primary" size="large" isBusy={isSending}>
          {outcome.kind === 'unknown' ? 'Send again…' : 'Convert…'}
        </Button>
        <OutcomeNotice outcome={outcome} formError={errors.form}>
          {converted}
        </OutcomeNotice>
      </form>
      {form.asked && (
        <ConfirmConversion
          request={form.asked}
          preview={preview}
          isBusy={isSending}
          onConfirm={() => void form.confirm()}
          onClose={form.cancel}
        />
      )}
    </section>
  );
}

interface SideProps {
  readonly side: 'from' | 'to';
  readonly label: string;
  readonly currency: Currency;
  readonly amount: string;
  readonly error: string | undefined;
  readonly onAmount: (amount: string) => void;
  readonly onCurrency: (currency: Currency) => void;
}

/** One side of a conversion: its currency and its amount. */
function Side({ side, label, currency, amount, error, onAmount, onCurrency }: SideProps) {
  const { data: wallets } = useQuery(walletsQuery());
  const wallet = wallets?.data.find((each) => each.currency === currency);
  const available = wallets && (wallet?.available_balance ?? '0');
  return (
    <div className="grid grid-cols-1 items-start gap-2 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <Select<Currency>
        label={side === 'from' ? 'From' : 'To'}
        options={CURRENCIES}
        value={currency}
        onChange={onCurrency}
      />
      <DecimalField
        id={`convert-${side}`}
        label={label}
        unit={currency}
        placeholder="0"
        value={amount}
        error={error}
        onChange={onAmount}
        hint={
          <>
            <Money value={available} currency={currency} /> available.
          </>
        }
      />
    </div>
  );
}

function converted(_request: ConversionRequest, { data }: ConversionReceipt) {
  return (
    <>
      <Money value={data.debited} currency={data.from} /> converted to{' '}
      <Money value={data.credited} currency={data.to} />.
    </>
  );
}
