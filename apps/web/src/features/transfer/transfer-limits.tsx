import type { TransferAllowance } from '../../api/account/transfers.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { FormProblem } from '../../ui/field.tsx';
import { allowanceSentence } from './transfer-form.ts';

interface TransferLimitsProps {
  /** `undefined` until it is known. */
  readonly allowance: TransferAllowance | undefined;
}

/** What to know before sending: how a transfer works, and the limits of the day. */
export function TransferLimits({ allowance }: TransferLimitsProps) {
  const { hideAmounts } = useAppearance();
  const limits = allowance && (allowanceSentence(allowance) ?? 'There is no daily limit.');
  return (
    <section
      aria-labelledby="transfer-rules-title"
      className="grid grid-cols-1 gap-2 px-1 text-sm text-muted"
    >
      <h2 id="transfer-rules-title" className="font-medium text-ink">
        How transfers work
      </h2>
      {allowance?.frozen === true && (
        <FormProblem message="Transfers of this account are frozen. Ask an administrator." />
      )}
      <ul className="grid list-disc gap-1 ps-4">
        <li>Cash arrives at once and costs no fee.</li>
        <li>A transfer cannot be taken back. Only send to people whose username you know.</li>
        <li>Cash that open orders hold stays with you.</li>
        {limits !== undefined && (
          <li>{hideAmounts && allowance?.amount.limit ? 'There is a daily limit.' : limits}</li>
        )}
      </ul>
    </section>
  );
}
