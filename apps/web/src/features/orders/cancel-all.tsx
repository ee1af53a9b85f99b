import type { Order } from '@cnop/common/entities/order/order';
import { useState } from 'react';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Button } from '../../ui/button.tsx';

export interface CancelAllProps {
  readonly orders: readonly Order[];
  readonly isBusy: boolean;
  readonly onCancel: (orders: readonly Order[]) => void;
}

/** Cancels every order of a list, after it was asked whether that is meant. */
export function CancelAll({ orders, isBusy, onCancel }: CancelAllProps) {
  const [isAsking, setIsAsking] = useState(false);
  const count = orders.length;
  const what = count === 1 ? '1 order' : `${count} orders`;
  return (
    <>
      <Button
        size="small"
        tone="danger"
        isBusy={isBusy}
        disabled={count === 0}
        onClick={() => setIsAsking(true)}
      >
        Cancel all
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false);
          onCancel(orders);
        }}
        title={`Cancel ${what}?`}
        confirmLabel={`Cancel ${what}`}
        cancelLabel="Keep them"
        tone="danger"
        focusOn="cancel"
      >
        What they hold becomes available again. An order that fills in this moment stays filled.
      </AlertDialog>
    </>
  );
}
