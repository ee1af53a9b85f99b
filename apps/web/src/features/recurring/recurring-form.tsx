import type { AssetId } from '@cnop/common/core/brands';
import type { RecurringBuy, RecurringInterval } from '@cnop/common/entities/order/recurring-buy';
import { recurringBuySchema, recurringIntervalSchema } from '@cnop/common/entities/order/recurring-buy';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { createRecurringBuy, RECURRING_BUYS_KEY } from '../../api/account/recurring-buys.ts';
import { useIntent } from '../../api/http/use-intent.ts';
import type { MarketAsset } from '../../api/market.ts';
import { Money } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { DecimalField, TextField } from '../../ui/field.tsx';
import { OutcomeNotice } from '../../ui/outcome-notice.tsx';
import { Select } from '../../ui/select.tsx';
import type { RecurringForm as Form, RecurringErrors } from './recurring-words.ts';
import { errorsOfRefusal, IF_REFUSED_NAMES, INTERVAL_NAMES, readRecurringForm } from './recurring-words.ts';

const INTERVALS = recurringIntervalSchema.options.map((value) => ({ value, label: INTERVAL_NAMES[value] }));
const REFUSAL_CHOICES = recurringBuySchema.shape.if_refused.options.map((value) => ({
  value,
  label: IF_REFUSED_NAMES[value],
}));
const CHANGES = [RECURRING_BUYS_KEY];

interface RecurringFormProps {
  /** The assets that can be bought; at least one. */
  readonly assets: readonly MarketAsset[];
  /** The asset to begin with. */
  readonly first: AssetId;
}

/** The form that creates a recurring buy. */
export function RecurringForm({ assets, first }: RecurringFormProps) {
  const { form, errors, outcome, change, submit } = useRecurringForm(first);
  return (
    <section aria-labelledby="recurring-form-title" className="card p-4">
      <h2 id="recurring-form-title" className="mb-3 font-medium">
        New recurring buy
      </h2>
      <form noValidate onSubmit={submit} className="grid grid-cols-1 gap-3">
        <Select<AssetId>
          label="Asset"
          options={assets.map(({ asset_id, name }) => ({ value: asset_id, label: `${name} (${asset_id})` }))}
          value={form.asset_id}
          onChange={(asset_id) => change({ asset_id })}
        />
        <DecimalField
          id="recurring-amount"
          label="Amount of each buy"
          unit="USD"
          placeholder="0.00"
          value={form.amount}
          error={errors.amount}
          hint="Fees included: a buy never costs more."
          onChange={(amount) => change({ amount })}
        />
        <Select<RecurringInterval>
          label="How often"
          options={INTERVALS}
          value={form.every}
          onChange={(every) => change({ every })}
        />
        <TextField
          id="recurring-start"
          type="datetime-local"
          label="First buy"
          hint="Leave it empty to buy now. All others are at the same time of day (UTC)."
          value={form.start}
          error={errors.start}
          onChange={(event) => change({ start: event.target.value })}
        />
        <Select<RecurringBuy['if_refused']>
          label="If a buy is refused"
          options={REFUSAL_CHOICES}
          value={form.if_refused}
          onChange={(if_refused) => change({ if_refused })}
        />
        <Button type="submit" tone="primary" size="large" isBusy={outcome.kind === 'sending'}>
          {outcome.kind === 'unknown' ? 'Send again' : 'Create'}
        </Button>
        <OutcomeNotice outcome={outcome} formError={errors.form} participle="created">
          {({ asset_id, amount, every }) => (
            <>
              {INTERVAL_NAMES[every]} <Money value={amount} /> of {asset_id}.
            </>
          )}
        </OutcomeNotice>
      </form>
    </section>
  );
}

/** Holds the state of the form. An equal form whose outcome is unknown is sent with the same key. */
function useRecurringForm(first: AssetId) {
  const empty: Form = { asset_id: first, amount: '', every: 'week', start: '', if_refused: 'skip' };
  const [form, setForm] = useState(empty);
  const [typedErrors, setTypedErrors] = useState<RecurringErrors>({});
  const { outcome, send, forget } = useIntent({ post: createRecurringBuy, changes: CHANGES });
  const errors: RecurringErrors = {
    ...(outcome.kind === 'refused' && errorsOfRefusal(outcome.problem)),
    ...typedErrors,
  };

  return {
    form,
    errors,
    outcome,
    change(changed: Partial<Form>): void {
      setForm({ ...form, ...changed });
      setTypedErrors({});
      if (outcome.kind !== 'sending') forget();
    },
    submit(event: SubmitEvent<HTMLFormElement>): void {
      event.preventDefault();
      const reading = readRecurringForm(form, new Date());
      if (reading.kind === 'bad') {
        setTypedErrors(reading.errors);
        const first = reading.errors.amount === undefined ? 'recurring-start' : 'recurring-amount';
        return document.getElementById(first)?.focus();
      }
      void send(reading.request).then((result) => {
        if (result.kind === 'done') setForm({ ...form, amount: '', start: '' });
      });
    },
  };
}
