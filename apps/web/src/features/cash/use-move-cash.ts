import { systemIds } from '@cnop/common/core/ids';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { BALANCE_KEY } from '../../api/account/balance.ts';
import { depositCash } from '../../api/account/deposit.ts';
import { LEDGER_KEY } from '../../api/account/ledger.ts';
import { PORTFOLIO_KEY } from '../../api/account/portfolio.ts';
import { PORTFOLIO_HISTORY_KEY } from '../../api/account/portfolio-history.ts';
import { withdrawCash } from '../../api/account/withdraw.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import type { Intent } from '../../api/http/intent.ts';
import { intentOf } from '../../api/http/intent.ts';
import type { CashRequest } from './cash-form.ts';

export type Movement =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly request: CashRequest; readonly newBalance: string }
  /** The server said no. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** Nobody knows; sending it again is safe. */
  | { readonly kind: 'unknown'; readonly problem: ApiProblem };

export interface MoveCash {
  readonly movement: Movement;
  readonly move: (request: CashRequest) => Promise<Movement>;
  /** Takes back what was said about the last movement. */
  readonly reset: () => void;
}

/** Moves cash, one movement at a time: a second press while one is on its way does nothing. */
export function useMoveCash(): MoveCash {
  const queryClient = useQueryClient();
  const [movement, setMovement] = useState<Movement>({ kind: 'idle' });
  const isSending = useRef(false);
  const unsettled = useRef<Intent<CashRequest>>(undefined);

  const send = async (intent: Intent<CashRequest>): Promise<Movement> => {
    const { request, key } = intent;
    const { move, ...body } = request;
    try {
      const post = move === 'deposit' ? depositCash : withdrawCash;
      const { new_balance } = await post({ ...body, idempotencyKey: key });
      unsettled.current = undefined;
      const keys = [BALANCE_KEY, LEDGER_KEY, PORTFOLIO_KEY, PORTFOLIO_HISTORY_KEY];
      await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
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
