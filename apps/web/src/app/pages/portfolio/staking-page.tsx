import { Staking } from '../../../features/staking/staking.tsx';
import { PageTitle } from '../../page-title.tsx';

/**
 * The page of stakes: what each one earns, when the units that cool down are free again, and the form that changes
 * it.
 * @see docs/reference/staking.md
 */
export function StakingPage() {
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Staking</PageTitle>
      <Staking />
    </div>
  );
}
