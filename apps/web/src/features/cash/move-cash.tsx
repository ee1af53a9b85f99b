import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY, currencySchema, digitsOf } from '@cnop/common/entities/currency';
import { MAX_DEPOSIT_USD } from '@cnop/common/entities/user/balance';
import { Link } from '@tanstack/react-router';
import { ArrowRight, CircleCheck } from 'lucide-react';
import { Money } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { CURRENCY_NAMES } from '../../ui/currency-names.ts';
import { DecimalField, FormProblem, TextField } from '../../ui/field.tsx';
import { unknownOutcomeText } from '../../ui/outcome-notice.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import type { CashMove } from './cash-form.ts';
import type { Movement } from './use-cash-form.ts';
import { useCashForm } from './use-cash-form.ts';

const MOVES: readonly { readonly value: CashMove; readonly label: string }[] = [
  { value: 'deposit', label: 'Deposit' },
  { value: 'withdraw', label: 'Withdraw' },
];

const CURRENCIES = currencySchema.options.map((value) => ({
  value,
  label: `${value} · ${CURRENCY_NAMES[value]}`,
}));

interface MoveCashProps {
  readonly currency: Currency;
  readonly onCurrency: (currency: Currency) => void;
  readonly move: CashMove;
  /** Whether users may credit their own account. */
  readonly canDeposit: boolean;
  readonly onMove: (move: CashMove) => void;
}

/** The form for deposits and withdrawals, with the limit and the balance before and after. */
export function MoveCash({ currency, onCurrency, move: chosenMove, canDeposit, onMove }: MoveCashProps) {
  const move = canDeposit ? chosenMove : 'withdraw';
  const form = useCashForm(move, currency);
  const { balance, input, errors, movement, change } = form;
  const isDeposit = move === 'deposit';
  return (
    <section aria-labelledby="move-title" className="card p-4">
      <h2 id="move-title" className="sr-only">
        {canDeposit ? 'Deposit or withdraw' : 'Withdraw'}
      </h2>
      <form noValidate onSubmit={(event) => void form.submit(event)} className="grid grid-cols-1 gap-3">
        {canDeposit ? (
          <Segmented
            label="Deposit or withdraw"
            options={MOVES}
            value={move}
            onChange={(next) => {
              onMove(next);
              form.startAnew();
            }}
          />
        ) : (
          <p className="text-sm text-muted">
            To add cash, ask an administrator to credit your account once your payment has arrived.
          </p>
        )}
        <Select<Currency> label="Currency" options={CURRENCIES} value={currency} onChange={onCurrency} />
        <DecimalField
          id="cash-amount"
          label="Amount"
          unit={currency}
          placeholder={digitsOf(currency) === 0 ? '0' : '0.00'}
          value={input.amount}
          onChange={(amount) => change({ amount })}
          error={errors.amount}
          hint={
            isDeposit ? (
              currency === BASE_CURRENCY && <DepositLimit />
            ) : (
              <Available value={balance?.available_balance} currency={currency} />
            )
          }
          aside={
            !isDeposit &&
            balance && <AllButton onPress={() => change({ amount: balance.available_balance })} />
          }
        />
        <TextField
          id="cash-description"
          label="Note (optional)"
          autoComplete="off"
          value={input.description}
          onChange={(event) => change({ description: event.target.value })}
          error={errors.description}
        />
        <BeforeAndAfter before={balance?.current_balance} after={form.after} currency={currency} />
        <Button type="submit" tone="primary" size="large" isBusy={movement.kind === 'sending'}>
          {movement.kind === 'unknown' ? 'Send again' : isDeposit ? 'Deposit' : 'Withdraw'}
        </Button>
        <MovementNotice movement={movement} formError={errors.form} currency={currency} />
      </form>
    </section>
  );
}

function AllButton({ onPress }: { readonly onPress: () => void }) {
  return (
    <button type="button" onClick={onPress} className="min-h-6 rounded text-sm text-accent hover:underline">
      All available
    </button>
  );
}

interface BeforeAndAfterProps {
  readonly currency: Currency;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function BeforeAndAfter({ before, after, currency }: BeforeAndAfterProps) {
  return (
    <dl className="flex items-baseline justify-between gap-3 border-t border-line pt-3 text-sm">
      <dt className="text-muted">Balance</dt>
      <dd className="flex flex-wrap items-baseline justify-end gap-x-1.5">
        <Money value={before} currency={currency} />
        <ArrowRight aria-label="then" className="size-3 self-center text-faint" />
        <Money value={after} currency={currency} className="font-medium" />
      </dd>
    </dl>
  );
}

function DepositLimit() {
  return (
    <>
      At most <Money value={MAX_DEPOSIT_USD} /> at once.
    </>
  );
}

interface AvailableProps {
  readonly value: string | undefined;
  readonly currency: Currency;
}

function Available({ value, currency }: AvailableProps) {
  return (
    <>
      <Money value={value} currency={currency} /> available. Open orders and withdrawals hold the rest.
    </>
  );
}

interface MovementNoticeProps {
  readonly currency: Currency;
  readonly movement: Movement;
  readonly formError: string | undefined;
}

/** Reports the outcome of the last submit. */
function MovementNotice({ movement, formError, currency }: MovementNoticeProps) {
  return (
    <>
      <div role="status" className="empty:hidden">
        {movement.kind === 'done' && (
          <p className="flex items-start gap-2 rounded-md bg-gain-soft p-2 text-sm text-gain">
            <CircleCheck aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            <span>
              <Money value={movement.request.amount} currency={currency} />{' '}
              {movement.request.move === 'deposit' ? 'deposited' : 'withdrawn'}. The balance is{' '}
              <Money value={movement.newBalance} currency={currency} />.
            </span>
          </p>
        )}
        {movement.kind === 'requested' && (
          <p className="rounded-md bg-accent-soft p-2 text-sm text-accent">
            The {movement.request.move === 'deposit' ? 'deposit' : 'withdrawal'} of{' '}
            <Money value={movement.request.amount} /> is under way.{' '}
            <Link to="/cash/funding" className="underline">
              Follow it
            </Link>
          </p>
        )}
      </div>
      <FormProblem message={movement.kind === 'unknown' ? unknownOutcomeText(movement.problem) : formError} />
    </>
  );
}
