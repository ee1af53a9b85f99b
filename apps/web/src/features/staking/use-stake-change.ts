import type { AssetId } from '@cnop/common/core/brands';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { HOLDINGS_KEY, PORTFOLIO_KEY } from '../../api/account/portfolio.ts';
import type { StakeChange, StakeKind } from '../../api/account/staking.ts';
import { changeStake, stakePreviewQuery } from '../../api/account/staking.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { useIntent } from '../../api/http/use-intent.ts';
import { assetsQuery } from '../../api/market.ts';
import { useRested } from '../../ui/use-rested.ts';
import type { StakeErrors } from './stake-words.ts';
import { errorsOfProblem, errorsOfReasons, readStake } from './stake-words.ts';

/** The queries whose data a change of a stake changes. */
const CHANGES = [HOLDINGS_KEY, PORTFOLIO_KEY];

/**
 * Holds the state of the form that stakes units and takes them out.
 * @param first the asset to begin with
 */
export function useStakeChange(first: AssetId) {
  const [typed, setTyped] = useState<StakeChange>({ kind: 'stake', asset_id: first, quantity: '' });
  const [wasSubmitted, setWasSubmitted] = useState(false);
  /** The change that was asked about last. */
  const [asked, setAsked] = useState<StakeChange>();
  const [isAsking, setIsAsking] = useState(false);
  const { outcome, send, forget } = useIntent({ post: changeStake, changes: CHANGES });
  const { data: assets } = useQuery(assetsQuery());
  const scale = assets?.find(({ asset_id }) => asset_id === typed.asset_id)?.quantity_scale;
  const { request, error, isMissing } = readStake(typed, { scale });
  const { preview, problem } = usePreview(request, typed);
  // The preview may already contain a change whose outcome is unknown.
  const foreseen = outcome.kind === 'unknown' ? {} : foreseenErrors(typed.kind, { preview, problem });
  const errors: StakeErrors = {
    ...(outcome.kind === 'refused' && errorsOfProblem(outcome.problem, typed.kind)),
    ...foreseen,
    ...(wasSubmitted && isMissing && { quantity: 'Required.' }),
    ...(error !== undefined && { quantity: error }),
  };

  return {
    typed,
    outcome,
    errors,
    /** What the change would do, also when it would be refused. */
    preview,
    asked: isAsking ? asked : undefined,
    change(changed: Partial<StakeChange>): void {
      setTyped({ ...typed, ...changed });
      if (outcome.kind !== 'sending') forget();
    },
    /** Asks for confirmation, or shows what is wrong. */
    submit(event: SubmitEvent<HTMLFormElement>): void {
      event.preventDefault();
      setWasSubmitted(true);
      if (outcome.kind === 'unknown' && asked) return setIsAsking(true);
      if (!request || foreseen.quantity !== undefined) {
        return document.getElementById('stake-quantity')?.focus();
      }
      if (foreseen.form !== undefined) return;
      setAsked(request);
      setIsAsking(true);
    },
    cancel: () => setIsAsking(false),
    async confirm(): Promise<void> {
      if (!asked) return;
      const result = await send(asked);
      setIsAsking(false);
      if (result.kind !== 'done') return;
      setTyped({ ...asked, quantity: '' });
      setWasSubmitted(false);
    },
  };
}

function foreseenErrors(
  kind: StakeKind,
  { preview, problem }: Pick<ReturnType<typeof usePreview>, 'preview' | 'problem'>,
): StakeErrors {
  if (preview) return errorsOfReasons(preview.reasons, kind);
  return problem && !problem.isOutcomeUnknown ? errorsOfProblem(problem, kind) : {};
}

/**
 * Previews a change a moment after it was typed.
 * @param input what stands in the form, for as long as it is no request
 */
function usePreview(request: StakeChange | undefined, input: StakeChange) {
  const typed = JSON.stringify(request);
  const rested = useRested(typed);
  const { data, error, isPlaceholderData } = useQuery({
    ...stakePreviewQuery(request ?? input),
    enabled: request !== undefined && rested === typed,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const isCurrent = request !== undefined && rested === typed && !isPlaceholderData;
  return {
    preview: isCurrent ? data : undefined,
    problem: isCurrent && error && !data ? toProblem(error) : undefined,
  };
}
