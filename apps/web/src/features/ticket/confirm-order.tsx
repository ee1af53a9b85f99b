import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Money } from '../../ui/amounts.tsx';
import type { Side } from './ticket-state.ts';
import { TicketWarnings } from './ticket-summary.tsx';

export interface ConfirmOrderProps {
  readonly isOpen: boolean;
  readonly side: Side;
  readonly sentence: string;
  readonly cash: string | undefined;
  readonly fees: string | undefined;
  readonly warnings: readonly string[];
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation of an order, with its cost. */
export function ConfirmOrder(props: ConfirmOrderProps) {
  const { isOpen, side, sentence, cash, fees, warnings, isBusy, onConfirm, onClose } = props;
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={onConfirm}
      title={side === 'buy' ? 'Place this buy order?' : 'Place this sell order?'}
      confirmLabel={side === 'buy' ? 'Buy' : 'Sell'}
      cancelLabel="Back"
      tone={side}
      focusOn="confirm"
      isBusy={isBusy}
    >
      <div className="grid gap-3">
        <p className="text-ink">{sentence}</p>
        <dl className="grid grid-cols-[1fr_auto] gap-y-1 text-sm">
          <dt>{side === 'buy' ? 'You pay about' : 'You get about'}</dt>
          <dd className="text-end font-medium text-ink">
            <Money value={cash} />
          </dd>
          <dt>Of which fee</dt>
          <dd className="text-end text-ink">
            <Money value={fees} />
          </dd>
        </dl>
        <TicketWarnings messages={warnings} />
      </div>
    </AlertDialog>
  );
}
