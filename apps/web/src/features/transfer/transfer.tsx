import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { TransferPreview, TransferReceipt, TransferRequest } from '../../api/account/transfers.ts';
import { formatMoney } from '../../format/numbers.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Money } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { DecimalField, TextField } from '../../ui/field.tsx';
import { Fact } from '../../ui/figures.tsx';
import { OutcomeNotice } from '../../ui/outcome-notice.tsx';
import { TransferLimits } from './transfer-limits.tsx';
import { useTransfer } from './use-transfer.ts';

interface TransferProps {
  /** The recipient to begin with. */
  readonly to: string | undefined;
}

/** The form that sends cash to another user: what it does is shown before it is confirmed. */
export function Transfer({ to }: TransferProps) {
  const form = useTransfer(to);
  const { balance, allowance, input, errors, outcome, preview, asked, change } = form;
  const isSending = outcome.kind === 'sending';
  return (
    <div className="grid grid-cols-1 items-start gap-3 md:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
      <section aria-labelledby="transfer-title" className="card p-4">
        <h2 id="transfer-title" className="sr-only">
          Send cash
        </h2>
        <form noValidate onSubmit={form.submit} className="grid grid-cols-1 gap-3">
          <TextField
            id="transfer-to"
            label="Recipient"
            placeholder="Username"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={input.to}
            error={errors.to}
            onChange={(event) => change({ to: event.target.value })}
          />
          <DecimalField
            id="transfer-amount"
            label="Amount"
            unit="USD"
            placeholder="0.00"
            value={input.amount}
            error={errors.amount}
            onChange={(amount) => change({ amount })}
            hint={
              <>
                <Money value={balance?.available_balance} /> available. Open orders hold the rest.
              </>
            }
          />
          <TextField
            id="transfer-description"
            label="Note (optional)"
            hint="The recipient sees it too."
            autoComplete="off"
            value={input.description}
            error={errors.description}
            onChange={(event) => change({ description: event.target.value })}
          />
          <Effect preview={preview} before={balance?.available_balance} />
          <Button type="submit" tone="primary" size="large" isBusy={isSending}>
            {outcome.kind === 'unknown' ? 'Send again…' : 'Send…'}
          </Button>
          <OutcomeNotice outcome={outcome} formError={errors.form} participle="sent">
            {sent}
          </OutcomeNotice>
        </form>
      </section>
      <TransferLimits allowance={allowance} />
      {asked && (
        <ConfirmTransfer
          transfer={asked}
          after={preview?.balance.after?.available}
          isBusy={isSending}
          onConfirm={() => void form.confirm()}
          onClose={form.cancel}
        />
      )}
    </div>
  );
}

interface EffectProps {
  readonly preview: TransferPreview | undefined;
  readonly before: string | undefined;
}

/** What the transfer does to the cash of the sender, as the server foresees it. */
function Effect({ preview, before }: EffectProps) {
  return (
    <dl className="flex items-baseline justify-between gap-3 border-t border-line pt-3 text-sm">
      <dt className="text-muted">Available</dt>
      <dd className="flex flex-wrap items-baseline justify-end gap-x-1.5">
        <Money value={preview?.balance.before.available ?? before} />
        <ArrowRight aria-label="then" className="size-3 self-center text-faint" />
        <Money value={preview?.balance.after?.available} className="font-medium" />
      </dd>
    </dl>
  );
}

interface ConfirmTransferProps {
  readonly transfer: TransferRequest;
  readonly after: string | undefined;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation, since a transfer cannot be taken back. */
function ConfirmTransfer({ transfer, after, isBusy, onConfirm, onClose }: ConfirmTransferProps) {
  const { to, amount, description } = transfer;
  const { hideAmounts } = useAppearance();
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={hideAmounts ? `Send cash to ${to}?` : `Send ${formatMoney(amount)} to ${to}?`}
      confirmLabel="Send"
      cancelLabel="Back"
      tone="primary"
      focusOn="cancel"
      isBusy={isBusy}
    >
      <div className="grid gap-3">
        <p>It arrives at once and cannot be taken back. Check the username.</p>
        <dl className="grid gap-1.5 text-sm">
          <Fact label="Recipient">
            <strong className="font-semibold text-ink">{to}</strong>
          </Fact>
          <Fact label="Amount">
            <Money value={amount} className="text-ink" />
          </Fact>
          {description !== undefined && (
            <Fact label="Note">
              <span className="text-ink">{description}</span>
            </Fact>
          )}
          <Fact label="Available afterwards">
            <Money value={after} className="text-ink" />
          </Fact>
        </dl>
      </div>
    </AlertDialog>
  );
}

function sent({ amount }: TransferRequest, { to, new_balance, transaction_id }: TransferReceipt) {
  return (
    <>
      <Money value={amount} /> sent to {to}. The balance is <Money value={new_balance} />.{' '}
      <Link to="/cash" search={{ entry: transaction_id }} className="font-medium underline">
        Show the entry
      </Link>
    </>
  );
}
