import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fundingLimitsQuery } from '../../api/account/funding.ts';
import { Money } from '../../ui/amounts.tsx';
import { Fact } from '../../ui/figures.tsx';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';

const SKELETON_ROWS = 4;

/** The limits on the user's money, and what is used of them today. */
export function FundingLimits() {
  const { data, error, refetch } = useQuery(fundingLimitsQuery());
  return (
    <section aria-labelledby="limits-title" className="card grid gap-3 p-4">
      <h2 id="limits-title" className="font-medium">
        Limits
      </h2>
      {data ? (
        <dl className="grid gap-2 text-sm">
          <Fact label="Tier">
            <span className="capitalize">{data.tier}</span>
          </Fact>
          <Fact label="Deposits today (UTC)">
            <Used {...data.daily_deposit} />
          </Fact>
          <Fact label="Withdrawals today (UTC)">
            <Used {...data.daily_withdrawal} />
          </Fact>
          <Fact label="Largest order">
            <Limit value={data.max_order_value} />
          </Fact>
        </dl>
      ) : error ? (
        <ErrorState title="The limits could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the limits" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function Used({ limit, used }: { readonly limit: string | null; readonly used: string }): ReactNode {
  if (limit === null) return <Limit value={null} />;
  return (
    <>
      <Money value={used} /> of <Money value={limit} />
    </>
  );
}

function Limit({ value }: { readonly value: string | null }): ReactNode {
  return value === null ? <span className="text-muted">No limit</span> : <Money value={value} />;
}
