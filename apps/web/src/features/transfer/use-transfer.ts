import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { BALANCE_KEY, balanceQuery, CASH_KEYS } from '../../api/account/cash.ts';
import { PORTFOLIO_HISTORY_KEY, PORTFOLIO_KEY } from '../../api/account/portfolio.ts';
import { profileQuery } from '../../api/account/profile.ts';
import type { TransferRequest } from '../../api/account/transfers.ts';
import { sendTransfer, transferAllowanceQuery, transferPreviewQuery } from '../../api/account/transfers.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { useIntent } from '../../api/http/use-intent.ts';
import { useRested } from '../../ui/use-rested.ts';
import type { TransferErrors, TransferField, TransferForm } from './transfer-form.ts';
import {
  EMPTY_TRANSFER_FORM,
  errorsOfProblem,
  errorsOfReasons,
  readTransferForm,
  TRANSFER_FIELDS,
} from './transfer-form.ts';

/** The queries whose data a transfer changes. */
const CHANGES = [BALANCE_KEY, ...CASH_KEYS, PORTFOLIO_KEY, PORTFOLIO_HISTORY_KEY];

/**
 * Holds the state of the transfer form.
 * @param to the recipient to begin with
 */
export function useTransfer(to = '') {
  const { data: balance } = useQuery(balanceQuery());
  const { data: profile } = useQuery(profileQuery());
  const { data: allowance } = useQuery(transferAllowanceQuery());
  const [input, setInput] = useState<TransferForm>({ ...EMPTY_TRANSFER_FORM, to });
  const [wasSubmitted, setWasSubmitted] = useState(false);
  /** The transfer that waits for its confirmation. */
  const [asked, setAsked] = useState<TransferRequest>();
  const { outcome, send, forget } = useIntent({ post: sendTransfer, changes: CHANGES });
  const facts = { sender: profile?.username, available: balance?.available_balance };
  const { request, errors: typed, missing } = readTransferForm(input, facts);
  const { preview, problem } = usePreview(request);
  const foreseen =
    preview?.would_be === 'refused'
      ? errorsOfReasons(preview.reasons, allowance)
      : problem !== undefined && !problem.isOutcomeUnknown
        ? errorsOfProblem(problem, allowance)
        : {};
  const errors: TransferErrors = {
    ...(outcome.kind === 'refused' && errorsOfProblem(outcome.problem, allowance)),
    ...foreseen,
    ...(wasSubmitted && missing),
    ...typed,
  };

  return {
    balance,
    allowance,
    input,
    outcome,
    errors,
    preview: preview?.would_be === 'completed' ? preview : undefined,
    asked,
    change(changed: Partial<TransferForm>): void {
      setInput({ ...input, ...changed });
      if (outcome.kind !== 'sending') forget();
    },
    /** Asks for confirmation, or shows what is wrong. While an outcome is unknown, it was confirmed before. */
    submit(event: SubmitEvent<HTMLFormElement>): void {
      event.preventDefault();
      setWasSubmitted(true);
      const wrong = TRANSFER_FIELDS.find(
        (field) => (typed[field] ?? missing[field] ?? foreseen[field]) !== undefined,
      );
      if (wrong || !request) return focusOn(wrong ?? 'to');
      if (foreseen.form === undefined) setAsked(request);
    },
    cancel: () => setAsked(undefined),
    async confirm(): Promise<void> {
      if (!asked) return;
      const result = await send(asked);
      setAsked(undefined);
      if (result.kind !== 'done') return;
      setInput(EMPTY_TRANSFER_FORM);
      setWasSubmitted(false);
    },
  };
}

function focusOn(field: TransferField): void {
  document.getElementById(`transfer-${field}`)?.focus();
}

/** Previews a transfer a moment after it was typed. */
function usePreview(request: TransferRequest | undefined) {
  const typed = JSON.stringify(request);
  const rested = useRested(typed);
  const { data, error, isPlaceholderData } = useQuery({
    ...transferPreviewQuery(request ?? { to: '', amount: '' }),
    enabled: request !== undefined && rested === typed,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const isCurrent = request !== undefined && rested === typed && !isPlaceholderData;
  return {
    preview: isCurrent ? data : undefined,
    problem: isCurrent && error ? toProblem(error) : undefined,
  };
}
