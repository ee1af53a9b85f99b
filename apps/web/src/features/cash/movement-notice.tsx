import { CircleCheck } from 'lucide-react';
import { Money } from '../../ui/amounts.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import type { Movement } from './use-move-cash.ts';

export interface MovementNoticeProps {
  readonly movement: Movement;
  readonly formError: string | undefined;
}

/** What came of the last press of the button. */
export function MovementNotice({ movement, formError }: MovementNoticeProps) {
  return (
    <>
      <div role="status" className="empty:hidden">
        {movement.kind === 'done' && (
          <p className="flex items-start gap-2 rounded-md bg-gain-soft p-2 text-sm text-gain">
            <CircleCheck aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            <span>
              <Money value={movement.request.amount} />{' '}
              {movement.request.move === 'deposit' ? 'deposited' : 'withdrawn'}. The balance is{' '}
              <Money value={movement.newBalance} />.
            </span>
          </p>
        )}
      </div>
      <FormProblem
        message={
          movement.kind === 'unknown'
            ? `${movement.problem.message} Nobody can say yet whether it was done. Send it again as it is: it takes effect once.`
            : formError
        }
      />
    </>
  );
}
