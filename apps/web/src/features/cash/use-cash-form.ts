import { systemIds } from '@cnop/common/core/ids';
import type { Currency } from '@cnop/common/entities/currency';
import { useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useRef, useState } from 'react';
import { BALANCE_KEY, CASH_KEYS, depositCash, withdrawCash } from '../../api/account/cash.ts';
import { FUNDING_KEY } from '../../api/account/funding.ts';
import { PORTFOLIO_HISTORY_KEY, PORTFOLIO_KEY } from '../../api/account/portfolio.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import type { Intent } from '../../api/http/intent.ts';
import { intentOf } from '../../api/http/intent.ts';
import type { CashErrors, CashField, CashForm, CashMove, CashRequest } from './cash-form.ts';
import { balanceAfter, cashErrorsOf, EMPTY_CASH_FORM, readCashForm } from './cash-form.ts';
import { useWallet } from './use-wallet.ts';

/** In the order of the screen: the first field with an error gets the focus. */
const FIELDS: readonly CashField[] = ['amount', 'description'];

/** Holds the state of the form that deposits or withdraws cash in a currency. */
export function useCashForm(move: CashMove, currency: Currency) {
  const { data: balance } = useWallet(currency);
  const [input, setInput] = useState(EMPTY_CASH_FORM);
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const { movement, move: send, reset } = useMoveCash();
  const { request, errors, isAmountMissing } = readCashForm(input, {
    move,
    currency,
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
      ...(wasSubmitted && isAmountMissing && { amount: 'Required.' }),
      ...errors,
    } satisfies CashErrors as CashErrors,
    /** The balance after the request. */
    after: balanceAfter(balance?.current_balance, request),
    change(changed: Partial<CashForm>): void {
      setInput({ ...input, ...changed });
      takeBackOutcome();
    },
    /** Prepares for the other direction: keeps the input, drops its errors. */
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
      if (outcome.kind !== 'done' && outcome.kind !== 'requested') return;
      setInput(EMPTY_CASH_FORM);
      setWasSubmitted(false);
    },
  };
}

function focusOn(field: CashField): void {
  document.getElementById(`cash-${field}`)?.focus();
}

export type Movement =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly request: CashRequest; readonly newBalance: string }
  /** A payment is under way: no cash has moved yet. */
  | { readonly kind: 'requested'; readonly request: CashRequest }
  /** The server refused the request. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** The outcome is unknown; sending it again is safe. */
  | { readonly kind: 'unknown'; readonly problem: ApiProblem };

interface MoveCash {
  readonly movement: Movement;
  readonly move: (request: CashRequest) => Promise<Movement>;
  /** Forgets the outcome of the last request. */
  readonly reset: () => void;
}

/** Deposits and withdraws cash, one request at a time: a second submit during a request does nothing. */
function useMoveCash(): MoveCash {
  const queryClient = useQueryClient();
  const [movement, setMovement] = useState<Movement>({ kind: 'idle' });
  const isSending = useRef(false);
  const unsettled = useRef<Intent<CashRequest>>(undefined);

  const send = async (intent: Intent<CashRequest>): Promise<Movement> => {
    const { request, key } = intent;
    const { move, ...body } = request;
    try {
      const post = move === 'deposit' ? depositCash : withdrawCash;
      const { transaction_id, new_balance } = await post({ ...body, idempotencyKey: key });
      unsettled.current = undefined;
      const keys = [BALANCE_KEY, ...CASH_KEYS, PORTFOLIO_KEY, PORTFOLIO_HISTORY_KEY, FUNDING_KEY];
      await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      if (transaction_id === null) return { kind: 'requested', request };
      return { kind: 'done', request, newBalance: new_balance };
    } catch (error) {
      const problem = toProblem(error);
      unsettled.current = problem.isOutcomeUnknown ? intent : undefined;
      return { kind: problem.isOutcomeUnknown ? 'unknown' : 'refused', problem };
    }
  };

  return {
    movement,
    reset: () => setMovement({ kind: 'idle' }),
    async move(request) {
      if (isSending.current) return movement;
      isSending.current = true;
      setMovement({ kind: 'sending' });
      const intent = intentOf(request, { unsettled: unsettled.current, key: systemIds.next() });
      const outcome = await send(intent).finally(() => {
        isSending.current = false;
      });
      setMovement(outcome);
      return outcome;
    },
  };
}
