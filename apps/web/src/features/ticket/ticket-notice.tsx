import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppearance } from '../../settings/appearance.ts';
import { outcomeSentence } from './order-sentences.ts';
import type { Placement } from './use-place-order.ts';

export interface TicketNoticeProps {
  readonly placement: Placement;
  readonly formError: string | undefined;
  readonly priceScale: number;
  /** The page to return to after signing in. */
  readonly here: string;
}

/** Reports the outcome of the last submit. */
export function TicketNotice({ placement, formError, priceScale, here }: TicketNoticeProps) {
  const { hideAmounts } = useAppearance();
  return (
    <>
      <div role="status" className="empty:hidden">
        {placement.kind === 'placed' && (
          <p className="flex items-start gap-2 rounded-md bg-gain-soft p-2 text-sm text-gain">
            <CircleCheck aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            {hideAmounts ? 'The order was placed.' : outcomeSentence(placement.order, priceScale)}
          </p>
        )}
      </div>
      <div role="alert" className="grid gap-2 empty:hidden">
        {formError !== undefined && <Problem>{formError}</Problem>}
        {placement.kind === 'unknown' && (
          <Problem>
            {placement.problem.message} It is not known yet whether the order was placed. Send it again
            unchanged: it takes effect once.
          </Problem>
        )}
        {placement.kind === 'session-over' && (
          <Problem>
            Your session has ended and the order was not placed.{' '}
            <Link to="/sign-in" search={{ redirect: here }} className="font-medium underline">
              Sign in to continue
            </Link>
          </Problem>
        )}
      </div>
    </>
  );
}

function Problem({ children }: { readonly children: ReactNode }) {
  return <p className="rounded-md bg-danger-soft p-2 text-sm wrap-anywhere text-danger">{children}</p>;
}
