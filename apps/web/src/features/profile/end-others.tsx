import { useState } from 'react';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Button } from '../../ui/button.tsx';

export interface EndOthersProps {
  readonly count: number;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

/** Signs out everywhere else, after it was asked whether that is meant. */
export function EndOthers({ count, isBusy, onEnd }: EndOthersProps) {
  const [isAsking, setIsAsking] = useState(false);
  const what = count === 1 ? '1 device' : `${count} devices`;
  return (
    <>
      <Button size="small" tone="danger" isBusy={isBusy} onClick={() => setIsAsking(true)}>
        Sign out everywhere else
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false);
          onEnd();
        }}
        title={`Sign out ${what}?`}
        confirmLabel={`Sign out ${what}`}
        cancelLabel="Keep them"
        tone="danger"
        focusOn="cancel"
      >
        Whoever uses them has to sign in again. This device stays signed in, and open orders stay as they are.
      </AlertDialog>
    </>
  );
}
