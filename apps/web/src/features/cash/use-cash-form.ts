import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { balanceQuery } from '../../api/account/balance.ts';
import type { CashErrors, CashField, CashForm, CashMove } from './cash-form.ts';
import { balanceAfter, cashErrorsOf, EMPTY_CASH_FORM, readCashForm } from './cash-form.ts';
import { useMoveCash } from './use-move-cash.ts';

/** In the order of the screen: the first of them that is wrong gets the focus. */
const FIELDS: readonly CashField[] = ['amount', 'description'];

/** Everything the form for cash is made of, but its looks. */
export function useCashForm(move: CashMove) {
  const { data: balance } = useQuery(balanceQuery());
  const [input, setInput] = useState(EMPTY_CASH_FORM);
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const { movement, move: send, reset } = useMoveCash();
  const { request, errors, isAmountMissing } = readCashForm(input, {
    move,
    available: balance?.available_balance,
  });
  const takeBackOutcome = (): void => {
    if (movement.kind !== 'sending') reset();
  };

  return {
    balance,
    input,
    movement,
    errors: {
      ...(movement.kind === 'refused' && cashErrorsOf(movement.problem)),
      ...(wasSubmitted && isAmountMissing && { amount: 'This is needed.' }),
      ...errors,
    } satisfies CashErrors as CashErrors,
    /** The balance once this is through. */
    after: balanceAfter(balance?.current_balance, request),
    change(changed: Partial<CashForm>): void {
      setInput({ ...input, ...changed });
      takeBackOutcome();
    },
    /** For the other direction: what was typed stays, what was said about it does not. */
    startAnew(): void {
      setWasSubmitted(false);
      takeBackOutcome();
    },
    async submit(event: SubmitEvent<HTMLFormElement>): Promise<void> {
      event.preventDefault();
      setWasSubmitted(true);
      if (!request) return focusOn(FIELDS.find((field) => errors[field] !== undefined) ?? 'amount');
      const outcome = await send(request);
      if (outcome.kind === 'refused') focusOn('amount');
      if (outcome.kind !== 'done') return;
      setInput(EMPTY_CASH_FORM);
      setWasSubmitted(false);
    },
  };
}

function focusOn(field: CashField): void {
  document.getElementById(`cash-${field}`)?.focus();
}
