import type { Username } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Adjustment } from '../../../api/admin/users.ts';
import { adjustBalance, userKey } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { Intent } from '../../../api/http/intent.ts';
import { intentOf } from '../../../api/http/intent.ts';
import { formatMoney } from '../../../format/numbers.ts';
import { appearance } from '../../../settings/appearance.ts';
import { notify } from '../../../ui/notices.ts';
import { unknownOutcomeText } from '../../../ui/outcome-notice.tsx';
import type { FieldErrors } from '../field-errors.ts';
import { sortProblem } from '../field-errors.ts';
import type { AdjustmentField } from './adjustment.ts';
import { ADJUSTMENT_FIELDS, NOT_COVERED } from './adjustment.ts';

/** The available balance does not cover the debit; the amount is wrong. */
const INSUFFICIENT = 'BUS_001';

interface Outcomes {
  readonly onDone: () => void;
  readonly onRefused: (fieldErrors: FieldErrors<AdjustmentField>) => void;
  readonly onSettled: () => void;
}

export interface AdjustBalanceCall {
  readonly send: (adjustment: Adjustment) => void;
  readonly isBusy: boolean;
  /** The error that belongs to no field. */
  readonly problem: string | undefined;
}

/** Sends adjustments. While the outcome of one is unknown, the same adjustment is sent with the same key. */
export function useAdjustBalance(
  username: Username,
  { onDone, onRefused, onSettled }: Outcomes,
): AdjustBalanceCall {
  const queryClient = useQueryClient();
  const unsettled = useRef<Intent<Adjustment>>(undefined);
  const { mutate, isPending, error } = useMutation({
    mutationFn(adjustment: Adjustment) {
      const intent = intentOf(adjustment, { unsettled: unsettled.current, key: systemIds.next() });
      unsettled.current = intent;
      return adjustBalance(username, adjustment, intent.key);
    },
    onSuccess: async ({ new_balance }) => {
      unsettled.current = undefined;
      onDone();
      const isHidden = appearance().hideAmounts;
      notify({
        tone: 'success',
        title: `The balance of ${username} is adjusted`,
        ...(!isHidden && { description: `It is ${formatMoney(new_balance)} now.` }),
      });
      await queryClient.invalidateQueries({ queryKey: userKey(username) });
    },
    onError(thrown) {
      const problem = toProblem(thrown);
      if (!problem.isOutcomeUnknown) unsettled.current = undefined;
      const { fieldErrors } = sortProblem(problem, ADJUSTMENT_FIELDS);
      onRefused(problem.code === INSUFFICIENT ? { amount: NOT_COVERED } : fieldErrors);
    },
    onSettled,
  });
  return { send: mutate, isBusy: isPending, problem: error ? wordsFor(error) : undefined };
}

function wordsFor(error: Error): string | undefined {
  const problem = toProblem(error);
  if (problem.isOutcomeUnknown) {
    return unknownOutcomeText(problem);
  }
  return problem.code === INSUFFICIENT ? undefined : sortProblem(problem, ADJUSTMENT_FIELDS).rest;
}
