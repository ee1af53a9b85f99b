import type { IsoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Portfolio as Account } from '../../api/account/portfolio.ts';
import { portfolioQuery } from '../../api/account/portfolio.ts';
import { useFreeDeposits } from '../../api/app-info.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { AllocationPanel, AllocationSkeleton } from './allocation-panel.tsx';
import { ClosedPositions } from './closed-positions.tsx';
import type { HistoryPanelProps } from './history-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { Holdings } from './holdings.tsx';
import { PastHoldings } from './past-holdings.tsx';
import type { PortfolioSearch } from './portfolio-search.ts';
import { PortfolioSummary, PortfolioSummarySkeleton } from './portfolio-summary.tsx';
import { usePortfolioValues } from './portfolio-values.ts';

const SKELETON_ROWS = 4;
const SIDE_BY_SIDE = 'grid grid-cols-1 gap-3 lg:grid-cols-[minmax(0,1fr)_20rem]';

export interface PortfolioProps {
  readonly search: PortfolioSearch;
  readonly onSearch: (change: Partial<PortfolioSearch>) => void;
}

/** The portfolio page: value, history, allocation and positions. */
export function Portfolio({ search, onSearch }: PortfolioProps) {
  const { data, error, refetch } = useQuery(portfolioQuery());
  if (data) return <LoadedPortfolio portfolio={data} search={search} onSearch={onSearch} />;
  if (error) {
    return (
      <>
        <div className="card">
          <ErrorState
            title="Your portfolio could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
        <HistoryPanel search={search} onSearch={onSearch} live={undefined} />
      </>
    );
  }
  return (
    <>
      <PortfolioSummarySkeleton />
      <div className={SIDE_BY_SIDE}>
        <HistoryPanel search={search} onSearch={onSearch} live={undefined} />
        <AllocationSkeleton />
      </div>
      <div className="card">
        <SkeletonRows label="Loading your positions" rows={SKELETON_ROWS} />
      </div>
    </>
  );
}

interface LoadedPortfolioProps extends PortfolioProps {
  readonly portfolio: Account;
}

function LoadedPortfolio({ portfolio, search, onSearch }: LoadedPortfolioProps) {
  const [moment, setMoment] = useState<IsoTime>();
  const isEmpty = portfolio.assets.length === 0 && decimal(portfolio.usd_balance).eq('0');
  return (
    <>
      <PortfolioSummary portfolio={portfolio} />
      {isEmpty && <FirstStep />}
      <div className={isEmpty ? 'grid grid-cols-1' : SIDE_BY_SIDE}>
        <LiveHistory
          portfolio={portfolio}
          search={search}
          onSearch={onSearch}
          past={{ moment, onMoment: setMoment }}
        />
        {!isEmpty && <AllocationPanel portfolio={portfolio} />}
      </div>
      {moment !== undefined ? (
        <PastHoldings at={moment} onNow={() => setMoment(undefined)} />
      ) : (
        <>
          {!isEmpty && <Holdings portfolio={portfolio} search={search} onSearch={onSearch} />}
          <ClosedPositions />
        </>
      )}
    </>
  );
}

/** A component of its own, so that ticks do not render the tables. */
function LiveHistory({ portfolio, ...panel }: LoadedPortfolioProps & Pick<HistoryPanelProps, 'past'>) {
  const values = usePortfolioValues(portfolio);
  const live = useMemo(() => ({ ...values, cash: portfolio.usd_balance }), [portfolio, values]);
  return <HistoryPanel {...panel} live={live} />;
}

function FirstStep() {
  const canDeposit = useFreeDeposits();
  if (!canDeposit) {
    return (
      <div className="card">
        <EmptyState title="Your account is empty">
          Ask an administrator to credit it. Then buy assets on the markets.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="card">
      <EmptyState
        title="Your account is empty"
        action={
          <Link to="/cash" className={buttonClass({ tone: 'primary' })}>
            Deposit cash
          </Link>
        }
      >
        Deposit cash first. Then buy assets on the markets.
      </EmptyState>
    </div>
  );
}
