import type { Username } from '@cnop/common/core/brands';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { Adjustment, ManagedBalance } from '../../../api/admin/users.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Money } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { DecimalField, FormProblem, TextField } from '../../../ui/field.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { UnsavedChanges } from '../../../ui/unsaved-changes.tsx';
import type { FieldErrors } from '../field-errors.ts';
import type { AdjustmentField, AdjustmentForm } from './adjustment.ts';
import { ADJUSTMENT_FIELDS, balanceAfter, coverError, readAdjustment } from './adjustment.ts';
import { useAdjustBalance } from './use-adjust-balance.ts';

const EMPTY: AdjustmentForm = { direction: 'add', amount: '', description: '' };

interface AdjustBalanceProps {
  readonly username: Username;
  readonly balance: ManagedBalance;
}

/** The form that corrects a balance, with a preview of the result. */
export function AdjustBalance({ username, balance }: AdjustBalanceProps) {
  const [form, setForm] = useState(EMPTY);
  const [fieldErrors, setComplaints] = useState<FieldErrors<AdjustmentField>>({});
  const [asked, setAsked] = useState<Adjustment>();
  const [isAsking, setIsAsking] = useState(false);
  const { send, isBusy, problem } = useAdjustBalance(username, {
    onDone: () => setForm(EMPTY),
    onRefused: showErrors,
    onSettled: () => setIsAsking(false),
  });
  const reading = readAdjustment(form);

  function showErrors(found: FieldErrors<AdjustmentField>): void {
    setComplaints(found);
    const first = ADJUSTMENT_FIELDS.find((field) => found[field] !== undefined);
    if (first) document.getElementById(`adjust-${first}`)?.focus();
  }

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (reading.kind === 'bad') return showErrors(reading.fieldErrors);
    const uncovered = coverError(balance, reading.adjustment.amount);
    if (uncovered !== undefined) return showErrors({ amount: uncovered });
    setAsked(reading.adjustment);
    setIsAsking(true);
  };

  const change = (changed: Partial<AdjustmentForm>): void => {
    setForm({ ...form, ...changed });
    setComplaints({});
  };

  return (
    <section aria-labelledby="adjust-title" className="card grid gap-4 p-4">
      <h2 id="adjust-title" className="text-base font-medium">
        Adjust the balance
      </h2>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <AdjustmentFields form={form} fieldErrors={fieldErrors} onChange={change} />
        <dl className="grid gap-1.5 text-sm">
          <Fact label="Balance now">
            <Money value={balance.current_balance} />
          </Fact>
          <Fact label="Balance afterwards">
            <Money
              value={reading.kind === 'good' ? balanceAfter(balance, reading.adjustment.amount) : null}
            />
          </Fact>
        </dl>
        <FormProblem message={problem} />
        <UnsavedChanges isUnsaved={(form.amount !== '' || form.description !== '') && !isBusy} />
        <Button type="submit" isBusy={isBusy}>
          Adjust…
        </Button>
      </form>
      {asked && (
        <ConfirmAdjustment
          username={username}
          balance={balance}
          adjustment={asked}
          isOpen={isAsking}
          isBusy={isBusy}
          onConfirm={() => send(asked)}
          onClose={() => setIsAsking(false)}
        />
      )}
    </section>
  );
}

const MAX_DESCRIPTION_LENGTH = 500;
const DIRECTIONS = [
  { value: 'add', label: 'Add' },
  { value: 'take', label: 'Take away' },
] as const;

interface AdjustmentFieldsProps {
  readonly form: AdjustmentForm;
  readonly fieldErrors: FieldErrors<AdjustmentField>;
  readonly onChange: (change: Partial<AdjustmentForm>) => void;
}

function AdjustmentFields({ form, fieldErrors, onChange }: AdjustmentFieldsProps) {
  return (
    <>
      <Segmented
        label="Direction"
        options={DIRECTIONS}
        value={form.direction}
        onChange={(direction) => onChange({ direction })}
      />
      <DecimalField
        id="adjust-amount"
        label="Amount"
        unit="USD"
        placeholder="0.00"
        value={form.amount}
        error={fieldErrors.amount}
        onChange={(amount) => onChange({ amount })}
      />
      <TextField
        id="adjust-description"
        label="Description"
        hint="The user sees it in their ledger."
        maxLength={MAX_DESCRIPTION_LENGTH}
        value={form.description}
        error={fieldErrors.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
    </>
  );
}

interface ConfirmAdjustmentProps {
  readonly username: Username;
  readonly balance: ManagedBalance;
  readonly adjustment: Adjustment;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation of an adjustment, with the balance before and after. */
function ConfirmAdjustment(props: ConfirmAdjustmentProps) {
  const { username, balance, adjustment, isOpen, isBusy, onConfirm, onClose } = props;
  const { amount, description } = adjustment;
  const takes = amount.startsWith('-');
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={onConfirm}
      title={takes ? `Take cash from ${username}?` : `Give cash to ${username}?`}
      confirmLabel={takes ? 'Take it' : 'Give it'}
      cancelLabel="Back"
      tone={takes ? 'danger' : 'primary'}
      focusOn="cancel"
      isBusy={isBusy}
    >
      <dl className="grid gap-1.5">
        <Fact label="Before">
          <Money value={balance.current_balance} className="text-ink" />
        </Fact>
        <Fact label="Adjustment">
          <Money value={amount} isChange />
        </Fact>
        <Fact label="After">
          <Money value={balanceAfter(balance, amount)} className="font-semibold text-ink" />
        </Fact>
        <Fact label="Description">
          <span className="text-ink">{description}</span>
        </Fact>
      </dl>
    </AlertDialog>
  );
}
