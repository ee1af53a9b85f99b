import { useBlocker } from '@tanstack/react-router';
import { AlertDialog } from './alert-dialog.tsx';

/**
 * Asks before the user leaves a page with typed changes: in the app by a dialog, for the browser by its own question.
 * @param isUnsaved whether there are changes that are neither saved nor on their way to the server
 */
export function UnsavedChanges({ isUnsaved }: { readonly isUnsaved: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname,
    enableBeforeUnload: isUnsaved,
    disabled: !isUnsaved,
    withResolver: true,
  });
  return (
    <AlertDialog
      isOpen={status === 'blocked'}
      onClose={() => reset?.()}
      onConfirm={() => proceed?.()}
      title="Leave without saving?"
      confirmLabel="Leave"
      cancelLabel="Keep editing"
      tone="danger"
      focusOn="cancel"
    >
      Your changes have not been saved and will be lost.
    </AlertDialog>
  );
}
