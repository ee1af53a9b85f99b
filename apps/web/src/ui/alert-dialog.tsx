import { AlertDialog as BaseAlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { useRef } from 'react';
import type { ButtonTone } from './button.tsx';
import { Button } from './button.tsx';

export interface AlertDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly title: string;
  readonly confirmLabel: string;
  readonly cancelLabel: string;
  readonly tone: ButtonTone;
  /** The button with the initial focus: the safe choice, unless the user came to confirm. */
  readonly focusOn: 'confirm' | 'cancel';
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

/** Asks for confirmation. */
export function AlertDialog(props: AlertDialogProps) {
  const {
    isOpen,
    onClose,
    onConfirm,
    title,
    confirmLabel,
    cancelLabel,
    tone,
    focusOn,
    isBusy = false,
  } = props;
  const confirmButton = useRef<HTMLButtonElement>(null);
  const cancelButton = useRef<HTMLButtonElement>(null);
  return (
    <BaseAlertDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop className="scrim fixed inset-0 z-40" />
        <BaseAlertDialog.Popup
          initialFocus={focusOn === 'confirm' ? confirmButton : cancelButton}
          className="popup fixed inset-x-4 top-[14dvh] z-50 mx-auto grid max-w-sm gap-4 rounded-lg border border-line bg-raised p-5 shadow-float outline-none"
        >
          <BaseAlertDialog.Title className="text-base font-semibold">{title}</BaseAlertDialog.Title>
          <BaseAlertDialog.Description render={<div />} className="text-muted">
            {props.children}
          </BaseAlertDialog.Description>
          <div className="flex justify-end gap-2">
            <Button ref={cancelButton} onClick={onClose}>
              {cancelLabel}
            </Button>
            <Button ref={confirmButton} tone={tone} isBusy={isBusy} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </div>
        </BaseAlertDialog.Popup>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  );
}
