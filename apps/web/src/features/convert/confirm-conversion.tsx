import type { ConversionPreview, ConversionRequest } from '../../api/account/wallets.ts';
import { formatQuantity } from '../../format/numbers.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Money } from '../../ui/amounts.tsx';
import { Fact } from '../../ui/figures.tsx';

interface ConfirmConversionProps {
  readonly request: ConversionRequest;
  /** The terms at the current rate. */
  readonly preview: ConversionPreview | undefined;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation of a conversion, with the rate of the moment and the worst that is accepted. */
export function ConfirmConversion({ request, preview, isBusy, onConfirm, onClose }: ConfirmConversionProps) {
  const { from, to, fixes, rate_bound } = request;
  const given = fixes === 'from' ? request.amount : preview?.debited;
  const received = fixes === 'to' ? request.amount : preview?.credited;
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={`Convert ${from} to ${to}?`}
      confirmLabel="Convert"
      cancelLabel="Back"
      tone="primary"
      focusOn="confirm"
      isBusy={isBusy}
    >
      <dl className="grid gap-1.5 text-sm">
        <Fact label={fixes === 'from' ? 'You give' : 'You give about'}>
          <Money value={given} currency={from} className="text-ink" />
        </Fact>
        <Fact label={fixes === 'to' ? 'You receive' : 'You receive about'}>
          <Money value={received} currency={to} className="font-semibold text-ink" />
        </Fact>
        <Fact label="Rate">
          <span className="numeric text-ink">{formatQuantity(preview?.rate)}</span>
        </Fact>
        <Fact label="Worst accepted rate">
          <span className="numeric text-ink">
            {rate_bound === undefined ? 'any' : formatQuantity(rate_bound)}
          </span>
        </Fact>
      </dl>
    </AlertDialog>
  );
}
