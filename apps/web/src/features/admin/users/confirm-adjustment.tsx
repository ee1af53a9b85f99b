import type { Adjustment } from '../../../api/admin/adjust-balance.ts';
import type { ManagedBalance } from '../../../api/admin/user.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Money } from '../../../ui/amounts.tsx';
import { Fact } from '../../../ui/fact.tsx';
import { balanceAfter } from './adjustment.ts';

export interface ConfirmAdjustmentProps {
  readonly username: string;
  readonly balance: ManagedBalance;
  readonly adjustment: Adjustment;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says once more whose balance becomes what. */
export function ConfirmAdjustment(props: ConfirmAdjustmentProps) {
  const { username, balance, adjustment, isOpen, isBusy, onConfirm, onClose } = props;
  const { amount, description } = adjustment;
  const takes = amount.startsWith('-');
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={onConfirm}
      title={takes ? `Take cash from ${username}?` : `Give cash to ${username}?`}
      confirmLabel={takes ? 'Take it' : 'Give it'}
      cancelLabel="Back"
      tone={takes ? 'danger' : 'primary'}
      focusOn="cancel"
      isBusy={isBusy}
    >
      <dl className="grid gap-1.5">
        <Fact label="Before">
          <Money value={balance.current_balance} className="text-ink" />
        </Fact>
        <Fact label="Adjustment">
          <Money value={amount} isChange />
        </Fact>
        <Fact label="After">
          <Money value={balanceAfter(balance, amount)} className="font-semibold text-ink" />
        </Fact>
        <Fact label="Description">
          <span className="text-ink">{description}</span>
        </Fact>
      </dl>
    </AlertDialog>
  );
}
