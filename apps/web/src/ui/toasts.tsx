import { Toast } from '@base-ui/react/toast';
import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useEffect } from 'react';
import type { Notice } from './notices.ts';
import { onNotice } from './notices.ts';

const SUCCESS_MILLISECONDS = 6_000;
const FAILURE_MILLISECONDS = 12_000;

const ICONS = { success: CircleCheck, info: Info, failure: CircleAlert } as const;
const COLOURS = { success: 'text-gain', info: 'text-accent', failure: 'text-danger' } as const;

/**
 * Shows notices for a few seconds. They are announced politely: an assertive one would be hidden from screen readers
 * afterwards.
 */
export function Toasts() {
  return (
    <Toast.Provider limit={4}>
      <ToastList />
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts, add } = Toast.useToastManager();

  useEffect(
    () =>
      onNotice(({ title, description, tone }) => {
        add({
          title,
          description,
          type: tone,
          timeout: tone === 'failure' ? FAILURE_MILLISECONDS : SUCCESS_MILLISECONDS,
        });
      }),
    [add],
  );

  return (
    <Toast.Portal>
      <Toast.Viewport className="fixed end-4 bottom-20 z-50 grid w-[min(22rem,calc(100vw-2rem))] gap-2 outline-none sm:bottom-4">
        {toasts.map((toast) => (
          <ToastItem key={toast.id} toast={toast} tone={(toast.type ?? 'info') as Notice['tone']} />
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
}

function ToastItem({
  toast,
  tone,
}: {
  readonly toast: Toast.Root.ToastObject;
  readonly tone: Notice['tone'];
}) {
  const Icon = ICONS[tone];
  return (
    <Toast.Root
      toast={toast}
      className="popup rounded-lg border border-line bg-raised p-3 shadow-float data-limited:hidden"
    >
      <Toast.Content className="flex items-start gap-2.5">
        <Icon aria-hidden="true" className={clsx('mt-0.5 size-4 shrink-0', COLOURS[tone])} />
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className="text-sm wrap-anywhere text-muted" />
        </div>
        <Toast.Close
          aria-label="Dismiss"
          className="inline-flex size-6 shrink-0 items-center justify-center rounded text-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden="true" className="size-3.5" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  );
}
