import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { StakedAsset } from '../../api/account/staking.ts';
import { stakesQuery } from '../../api/account/staking.ts';
import { assetsQuery } from '../../api/market.ts';
import { Quantity } from '../../ui/amounts.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { StakeForm } from './stake-form.tsx';
import { ratesText } from './stake-words.ts';

const SKELETON_ROWS = 4;

/** The stakes of the user and what may be staked, with the form that changes a stake. */
export function Staking() {
  const { data: stakes, error, refetch } = useQuery(stakesQuery());
  const first = stakes?.[0];
  return (
    <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
      <section aria-labelledby="stakes-title" className="card min-w-0">
        <h2 id="stakes-title" className="flex min-h-11 items-center border-b border-line px-4 font-medium">
          Stakes
        </h2>
        {stakes ? (
          <Stakes stakes={stakes} />
        ) : error ? (
          <ErrorState title="Your stakes could not be loaded" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows label="Loading your stakes" rows={SKELETON_ROWS} />
        )}
      </section>
      {stakes && first && <StakeForm stakes={stakes} first={first.asset_id} />}
    </div>
  );
}

function Stakes({ stakes }: { readonly stakes: readonly StakedAsset[] }) {
  // Provides names; the table works without them.
  const { data: assets } = useQuery(assetsQuery());
  if (stakes.length === 0) {
    return (
      <EmptyState title="No asset can be staked yet">
        Assets appear here with their rate as soon as they are opened for staking.
      </EmptyState>
    );
  }
  return (
    <Table caption="Stakes" head={<Heads />}>
      {stakes.map((stake) => (
        <StakeRow
          key={stake.asset_id}
          stake={stake}
          name={assets?.find(({ asset_id }) => asset_id === stake.asset_id)?.name ?? stake.asset_id}
        />
      ))}
    </Table>
  );
}

function Heads() {
  return (
    <>
      <Column>Asset</Column>
      <Column isNumeric>Staked</Column>
      <Column isNumeric>Rewards</Column>
    </>
  );
}

interface StakeRowProps {
  readonly stake: StakedAsset;
  readonly name: string;
}

/** One asset: its rate, the units staked and cooling down, and the rewards to date with the next one. */
function StakeRow({ stake, name }: StakeRowProps) {
  const { asset_id, staked_quantity, cooling, rewards_total, next_reward } = stake;
  return (
    <Row className="align-top">
      <RowHead>
        <span className="grid gap-0.5 py-2">
          <Link
            to="/assets/$assetId"
            params={{ assetId: asset_id }}
            className="min-h-6 font-medium wrap-anywhere hover:underline"
          >
            {name}
          </Link>
          <span className="text-xs text-faint">{ratesText(stake)}</span>
        </span>
      </RowHead>
      <Cell isNumeric>
        <span className="grid gap-0.5 py-2">
          <Quantity value={staked_quantity} unit={asset_id} className="font-medium" />
          {cooling.map(({ quantity, release_at }) => (
            <span key={release_at} className="text-xs text-faint">
              <Quantity value={quantity} /> cooling until <Time value={release_at} />
            </span>
          ))}
        </span>
      </Cell>
      <Cell isNumeric>
        <span className="grid gap-0.5 py-2">
          <Quantity value={rewards_total} unit={asset_id} />
          {next_reward && (
            <span className="text-xs text-faint">
              next <Quantity value={next_reward.quantity} /> at <Time value={next_reward.posted_at} />
            </span>
          )}
        </span>
      </Cell>
    </Row>
  );
}
