import { useMutation, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { AirdropPreview, AirdropRequest } from '../../../api/admin/airdrops.ts';
import { AIRDROPS_KEY, createAirdrop, previewAirdrop } from '../../../api/admin/airdrops.ts';
import type { ApiProblem } from '../../../api/http/api-problem.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { useIntent } from '../../../api/http/use-intent.ts';
import { assetsQuery } from '../../../api/market.ts';
import { notify } from '../../../ui/notices.ts';
import type { AirdropErrors, AirdropForm, SortedRefusal } from './airdrop-form.ts';
import { AIRDROP_FIELDS, EMPTY_AIRDROP_FORM, readAirdropForm, sortRefusal } from './airdrop-form.ts';

/** An airdrop that was checked and waits for its confirmation. */
export interface AskedAirdrop {
  readonly request: AirdropRequest;
  readonly preview: AirdropPreview;
}

const CHANGES = [AIRDROPS_KEY];
const NO_REFUSAL: SortedRefusal = { errors: {}, lines: [], rest: undefined };

/** Holds the state of the form that creates an airdrop: it is checked by the server, confirmed, and then created. */
export function useCreateAirdrop() {
  const { data: assets } = useQuery(assetsQuery());
  const [form, setForm] = useState(EMPTY_AIRDROP_FORM);
  const [refusal, setRefusal] = useState(NO_REFUSAL);
  const [asked, setAsked] = useState<AskedAirdrop>();
  const { outcome, send, forget } = useIntent({ post: createAirdrop, changes: CHANGES });

  const showErrors = (errors: AirdropErrors): void => {
    const first = AIRDROP_FIELDS.find((field) => errors[field] !== undefined);
    if (first) document.getElementById(`airdrop-${first}`)?.focus();
  };
  const refuse = (problem: ApiProblem): void => {
    const sorted = sortRefusal(problem, form);
    setRefusal(sorted);
    showErrors(sorted.errors);
  };
  const check = useMutation({
    mutationFn: async (request: AirdropRequest) => previewAirdrop(request.content),
    onSuccess: (preview, request) => setAsked({ request, preview }),
    onError: (error) => refuse(toProblem(error)),
  });

  return {
    assets,
    form,
    refusal,
    asked,
    outcome,
    isChecking: check.isPending,
    change(changed: Partial<AirdropForm>): void {
      setForm({ ...form, ...changed });
      setRefusal(NO_REFUSAL);
      if (outcome.kind !== 'sending') forget();
    },
    /** Asks for confirmation, or shows what is wrong. */
    submit(event: SubmitEvent<HTMLFormElement>): void {
      event.preventDefault();
      if (check.isPending || outcome.kind === 'sending') return;
      const reading = readAirdropForm(
        form,
        (asset) => assets?.find(({ asset_id }) => asset_id === asset)?.quantity_scale,
      );
      setRefusal(reading.kind === 'bad' ? { ...NO_REFUSAL, errors: reading.errors } : NO_REFUSAL);
      if (reading.kind === 'good') return check.mutate(reading.request);
      showErrors(reading.errors);
    },
    back: () => setAsked(undefined),
    async confirm(): Promise<void> {
      if (!asked) return;
      const result = await send(asked.request);
      setAsked(undefined);
      if (result.kind === 'refused') refuse(result.problem);
      if (result.kind !== 'done') return;
      setForm(EMPTY_AIRDROP_FORM);
      forget();
      const isProposed = result.receipt.status === 'proposed';
      notify({
        tone: isProposed ? 'info' : 'success',
        title: isProposed ? 'The airdrop is proposed' : 'The airdrop has started',
        ...(isProposed && { description: 'It starts when another administrator approves it within a week.' }),
      });
    },
  };
}
