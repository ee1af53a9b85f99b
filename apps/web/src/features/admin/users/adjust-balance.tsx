import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { Adjustment } from '../../../api/admin/adjust-balance.ts';
import type { ManagedBalance } from '../../../api/admin/user.ts';
import { Money } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { Fact } from '../../../ui/fact.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
import type { Complaints } from '../complaints.ts';
import type { AdjustmentField, AdjustmentForm } from './adjustment.ts';
import { ADJUSTMENT_FIELDS, balanceAfter, complaintAboutCover, readAdjustment } from './adjustment.ts';
import { AdjustmentFields } from './adjustment-fields.tsx';
import { ConfirmAdjustment } from './confirm-adjustment.tsx';
import { useAdjustBalance } from './use-adjust-balance.ts';

const EMPTY: AdjustmentForm = { direction: 'add', amount: '', description: '' };

export interface AdjustBalanceProps {
  readonly username: string;
  readonly balance: ManagedBalance;
}

/** Corrects a balance by an amount and says why; before it is done, it shows what there would be afterwards. */
export function AdjustBalance({ username, balance }: AdjustBalanceProps) {
  const [form, setForm] = useState(EMPTY);
  const [complaints, setComplaints] = useState<Complaints<AdjustmentField>>({});
  const [asked, setAsked] = useState<Adjustment>();
  const [isAsking, setIsAsking] = useState(false);
  const { send, isBusy, problem } = useAdjustBalance(username, {
    onDone: () => setForm(EMPTY),
    onRefused: complain,
    onSettled: () => setIsAsking(false),
  });
  const reading = readAdjustment(form);

  function complain(found: Complaints<AdjustmentField>): void {
    setComplaints(found);
    const first = ADJUSTMENT_FIELDS.find((field) => found[field] !== undefined);
    if (first) document.getElementById(`adjust-${first}`)?.focus();
  }

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (reading.kind === 'bad') return complain(reading.complaints);
    const uncovered = complaintAboutCover(balance, reading.adjustment.amount);
    if (uncovered !== undefined) return complain({ amount: uncovered });
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
        <AdjustmentFields form={form} complaints={complaints} onChange={change} />
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
