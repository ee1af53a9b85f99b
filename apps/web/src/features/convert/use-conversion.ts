import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { BALANCE_KEY, CASH_KEYS } from '../../api/account/cash.ts';
import { PORTFOLIO_HISTORY_KEY, PORTFOLIO_KEY } from '../../api/account/portfolio.ts';
import type { ConversionRequest, FixedSide } from '../../api/account/wallets.ts';
import { conversionPreviewQuery, convertCash } from '../../api/account/wallets.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { useIntent } from '../../api/http/use-intent.ts';
import { useRested } from '../../ui/use-rested.ts';
import type { ConversionErrors, Tolerance } from './conversion-form.ts';
import { errorsOfProblem, errorsOfReasons, rateBound, readConversion } from './conversion-form.ts';
import type { CurrencyPair } from './convert-search.ts';

/** The queries whose data a conversion changes. */
const CHANGES = [BALANCE_KEY, ...CASH_KEYS, PORTFOLIO_KEY, PORTFOLIO_HISTORY_KEY];
/** The preview follows the rate. */
const REFRESH_MILLISECONDS = 2_000;

/** Holds the state of the form that converts cash between two currencies. */
export function useConversion(pair: CurrencyPair) {
  const [typed, setTyped] = useState<{ readonly amount: string; readonly fixes: FixedSide }>({
    amount: '',
    fixes: 'from',
  });
  const [tolerance, setTolerance] = useState<Tolerance>('0.5');
  const [wasSubmitted, setWasSubmitted] = useState(false);
  /** The conversion that was asked about last. */
  const [asked, setAsked] = useState<ConversionRequest>();
  const [isAsking, setIsAsking] = useState(false);
  const { outcome, send, forget } = useIntent({ post: convertCash, changes: CHANGES });
  const { request, error, isMissing } = readConversion({ ...pair, ...typed, tolerance });
  const { preview, problem } = usePreview(request);
  const foreseen = preview ? errorsOfReasons(preview.reasons) : problem ? errorsOfProblem(problem) : {};
  const errors: ConversionErrors = {
    ...(outcome.kind === 'refused' && errorsOfProblem(outcome.problem)),
    ...foreseen,
    ...(wasSubmitted && isMissing && { amount: 'Required.' }),
    ...(error !== undefined && { amount: error }),
  };
  const forgetOutcome = (): void => {
    if (outcome.kind !== 'sending') forget();
  };

  return {
    typed,
    tolerance,
    outcome,
    errors,
    /** What the conversion would do, also when it would be refused. */
    preview,
    asked: isAsking ? asked : undefined,
    type(amount: string, fixes: FixedSide): void {
      setTyped({ amount, fixes });
      forgetOutcome();
    },
    tolerate(next: Tolerance): void {
      setTolerance(next);
      forgetOutcome();
    },
    forget: forgetOutcome,
    /** Asks for confirmation, or shows what is wrong. */
    submit(event: SubmitEvent<HTMLFormElement>): void {
      event.preventDefault();
      setWasSubmitted(true);
      // With the rate bound of the first attempt, so that it is the same request.
      if (outcome.kind === 'unknown' && asked) return setIsAsking(true);
      if (!request || error !== undefined || foreseen.amount !== undefined) return focusOn(typed.fixes);
      const rate = preview?.would_be === 'completed' ? preview.rate : null;
      if (rate === null) return;
      const bound = rateBound(rate, tolerance);
      setAsked({ ...request, ...(bound !== undefined && { rate_bound: bound }) });
      setIsAsking(true);
    },
    cancel: () => setIsAsking(false),
    async confirm(): Promise<void> {
      if (!asked) return;
      const result = await send(asked);
      setIsAsking(false);
      if (result.kind !== 'done') return;
      setTyped({ amount: '', fixes: 'from' });
      setWasSubmitted(false);
    },
  };
}

function focusOn(side: FixedSide): void {
  document.getElementById(`convert-${side}`)?.focus();
}

/** Previews a conversion a moment after it was typed, and again as the rate moves. */
function usePreview(request: ConversionRequest | undefined) {
  const typed = JSON.stringify(request);
  const rested = useRested(typed);
  const { data, error, isPlaceholderData } = useQuery({
    ...conversionPreviewQuery(request ?? { from: 'USD', to: 'EUR', amount: '', fixes: 'from' }),
    enabled: request !== undefined && rested === typed,
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const isCurrent = request !== undefined && rested === typed && !isPlaceholderData;
  return {
    preview: isCurrent ? data : undefined,
    problem: isCurrent && error && !data ? toProblem(error) : undefined,
  };
}
