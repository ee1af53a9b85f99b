import type { Currency } from '@cnop/common/entities/currency';
import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConversionPreview } from '../../api/account/wallets.ts';
import { formatPercent, formatQuantity, MISSING } from '../../format/numbers.ts';
import { Money } from '../../ui/amounts.tsx';
import { Age } from '../../ui/time.tsx';
import { midRate, rateTime, spreadCost } from './conversion-form.ts';

interface ConversionTermsProps {
  readonly pair: { readonly from: Currency; readonly to: Currency };
  /** `undefined` before an amount is typed. */
  readonly preview: ConversionPreview | undefined;
}

/** The rate with its age, what the spread costs, and the cash before and after. */
export function ConversionTerms({ pair, preview }: ConversionTermsProps) {
  const { from, to } = pair;
  const cost = preview && spreadCost(preview, pair);
  const at = preview && rateTime(preview);
  return (
    <div className="grid min-h-33 content-start gap-1.5 border-t border-line pt-3 text-sm">
      {preview ? (
        <dl className="grid gap-1.5">
          <Line label="Rate">
            <span className="numeric">
              1 {from} = {formatQuantity(preview.rate)} {to}
            </span>
          </Line>
          <Line label="Age of the rate">{at ? <Age value={at} /> : MISSING}</Line>
          <Line label="Rate without spread">
            <span className="numeric">{formatQuantity(midRate(preview))}</span>
          </Line>
          <Line label="The spread costs you">
            {cost ? (
              <>
                <Money value={cost.amount} currency={to} />{' '}
                <span className="numeric text-faint">({formatPercent(cost.percent)})</span>
              </>
            ) : (
              MISSING
            )}
          </Line>
          <Change label={`Available ${from}`} currency={from} cash={preview.balances.from} />
          <Change label={`Available ${to}`} currency={to} cash={preview.balances.to} />
        </dl>
      ) : (
        <p className="text-faint">Type an amount to see what it brings. There is no fee.</p>
      )}
    </div>
  );
}

interface ChangeProps {
  readonly label: string;
  readonly currency: Currency;
  readonly cash: ConversionPreview['balances']['from'];
}

function Change({ label, currency, cash }: ChangeProps) {
  return (
    <Line label={label}>
      <Money value={cash.before.available} currency={currency} className="text-muted" />
      <ArrowRight role="img" aria-label="becomes" className="mx-1 inline size-3 text-faint" />
      <Money value={cash.after?.available} currency={currency} />
    </Line>
  );
}

function Line({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 text-end">{children}</dd>
    </div>
  );
}
