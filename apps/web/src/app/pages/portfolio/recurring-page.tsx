import { RecurringBuys } from '../../../features/recurring/recurring-buys.tsx';
import { PageTitle } from '../../page-title.tsx';

/**
 * The page of recurring buys: what each one spends and when it runs next, and the form that creates one.
 * @see docs/reference/recurring-buys.md
 */
export function RecurringPage() {
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Recurring buys</PageTitle>
      <RecurringBuys />
    </div>
  );
}
