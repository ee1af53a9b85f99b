import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** `drawer` is at the side, for details beside a list. */
  readonly kind?: 'dialog' | 'drawer';
  /** The element with the initial focus; by default the first one. */
  readonly focusOn?: RefObject<HTMLElement | null>;
}

const POPUPS = {
  dialog:
    'popup fixed inset-x-4 top-[10dvh] z-50 mx-auto max-h-[80dvh] max-w-md rounded-lg border border-line bg-raised shadow-float',
  drawer: 'drawer fixed inset-y-0 end-0 z-50 w-full max-w-md border-s border-line bg-raised shadow-float',
} as const;

/** A modal dialog or drawer. */
export function Dialog({ isOpen, onClose, title, children, kind = 'dialog', focusOn }: DialogProps) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim fixed inset-0 z-40" />
        <BaseDialog.Popup initialFocus={focusOn} className={clsx('flex flex-col outline-none', POPUPS[kind])}>
          <div className="flex items-center justify-between gap-4 border-b border-line py-2 ps-4 pe-2">
            <BaseDialog.Title className="min-w-0 truncate text-base font-semibold">{title}</BaseDialog.Title>
            <BaseDialog.Close
              aria-label="Close"
              className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </BaseDialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
