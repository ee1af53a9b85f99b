import { MAX_SCALE } from '@cnop/common/core/money';
import { descriptionSchema } from '@cnop/common/entities/fields';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { RefundPreview, RefundShare } from '../../../api/admin/refunds.ts';
import { proposeRefund, refundPreviewQuery } from '../../../api/admin/refunds.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { readDecimal } from '../../../format/decimal-input.ts';
import { Money, Quantity } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DecimalField, FormProblem, TextField } from '../../../ui/field.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { notify } from '../../../ui/notices.ts';
import { useRested } from '../../../ui/use-rested.ts';
import { sortProblem } from '../field-errors.ts';

const REASON = 'refund-reason';

/** Proposes the refund of a filled order: what it would do is shown before. */
export function ProposeRefund({ order }: { readonly order: OrderDocument }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Propose a refund…</Button>
      <Dialog isOpen={isOpen} onClose={() => setIsOpen(false)} title={`Refund ${order.username}?`}>
        <ProposalForm order={order} onEnd={() => setIsOpen(false)} />
      </Dialog>
    </>
  );
}

/** Returns the units of a form: none for the whole order, `undefined` while they are no number. */
function shareOf(typed: string): RefundShare | undefined {
  const read = readDecimal(typed, MAX_SCALE);
  if (read.kind === 'empty') return {};
  return read.kind === 'value' ? { quantity: read.text } : undefined;
}

interface ProposalFormProps {
  readonly order: OrderDocument;
  readonly onEnd: () => void;
}

function ProposalForm({ order, onEnd }: ProposalFormProps) {
  const { order_id, asset_id, quantity } = order;
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [reasonError, setReasonError] = useState<string>();
  const share = shareOf(typed);
  const rested = useRested(typed);
  const preview = useQuery({
    ...refundPreviewQuery(order_id, share ?? {}),
    enabled: share !== undefined && rested === typed,
    staleTime: 0,
  });
  const { send, isPending, problem } = useProposal(order, onEnd);
  const refusal = preview.data?.reasons[0]?.message;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = descriptionSchema.trim().min(1).safeParse(reason);
    if (given.success && share) return send({ ...share, reason: given.data });
    if (!given.success)
      setReasonError(
        reason.trim() === '' ? 'Required.' : 'At most 500 characters, without control characters.',
      );
    document.getElementById(given.success ? 'refund-quantity' : REASON)?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <p className="text-muted">
        The trade is reversed at its own price. It takes effect when another administrator approves it.
      </p>
      <DecimalField
        id="refund-quantity"
        label="Units to refund"
        unit={asset_id}
        placeholder={quantity}
        hint="Leave it empty to refund the whole order."
        value={typed}
        error={share ? refusal : 'Enter a plain number such as 0.5.'}
        onChange={setTyped}
      />
      <TextField
        id={REASON}
        label="Reason"
        hint="The user sees it in the order."
        autoComplete="off"
        value={reason}
        error={reasonError}
        onChange={(event) => {
          setReason(event.target.value);
          setReasonError(undefined);
        }}
      />
      <Effect preview={preview.data} asset={asset_id} />
      <FormProblem message={problem ?? (preview.error ? toProblem(preview.error).message : undefined)} />
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isPending}>
          Propose refund
        </Button>
      </div>
    </form>
  );
}

/** What the refund would do to the user's cash and position. */
function Effect({ preview, asset }: { readonly preview: RefundPreview | undefined; readonly asset: string }) {
  return (
    <dl className="grid gap-1.5 border-t border-line pt-3 text-sm">
      <Fact label="Cash of the user">
        <Money value={preview?.cash?.before} /> <Then /> <Money value={preview?.cash?.after} />
      </Fact>
      <Fact label="Position of the user">
        <Quantity value={preview?.position?.before} unit={asset} /> <Then />{' '}
        <Quantity value={preview?.position?.after} unit={asset} />
      </Fact>
      <Fact label="Realised profit">
        <Money value={preview?.realized_pnl} isChange />
      </Fact>
    </dl>
  );
}

function Then() {
  return <ArrowRight aria-label="then" className="inline size-3 text-faint" />;
}

function useProposal({ order_id }: OrderDocument, onEnd: () => void) {
  const queryClient = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: RefundShare & { readonly reason: string }) => proposeRefund(order_id, body),
    onSuccess: async () => {
      onEnd();
      notify({
        tone: 'info',
        title: 'The refund is proposed',
        description: 'It takes effect when another administrator approves it within a week.',
      });
      await queryClient.invalidateQueries({ queryKey: ['admin', 'refunds'] });
    },
  });
  return { send: mutate, isPending, problem: error ? sortProblem(toProblem(error), []).rest : undefined };
}
