import { descriptionSchema } from '@cnop/common/entities/fields';
import type { ReactNode, SubmitEvent } from 'react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { FormProblem, TextField } from '../../ui/field.tsx';

const MAX_REASON_LENGTH = 400;
const REASON_ID = 'reason';

interface ReasonFormProps {
  /** What the action does. */
  readonly children: ReactNode;
  readonly hint: string;
  readonly confirmLabel: string;
  readonly tone: 'danger' | 'primary';
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  readonly onConfirm: (reason: string) => void;
  readonly onEnd: () => void;
}

/** The content of a dialog that asks for the reason of an action. */
export function ReasonForm(props: ReasonFormProps) {
  const { children, hint, confirmLabel, tone, isBusy, problem, onConfirm, onEnd } = props;
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string>();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = descriptionSchema.max(MAX_REASON_LENGTH).trim().min(1).safeParse(reason);
    if (given.success) return onConfirm(given.data);
    setFault(
      reason.trim() === ''
        ? 'Required.'
        : `At most ${MAX_REASON_LENGTH} characters, without control characters.`,
    );
    document.getElementById(REASON_ID)?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <div className="text-muted">{children}</div>
      <TextField
        id={REASON_ID}
        label="Reason"
        hint={hint}
        autoComplete="off"
        value={reason}
        error={fault}
        onChange={(event) => {
          setReason(event.target.value);
          setFault(undefined);
        }}
      />
      <FormProblem message={problem} />
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Back</Button>
        <Button type="submit" tone={tone} isBusy={isBusy}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
