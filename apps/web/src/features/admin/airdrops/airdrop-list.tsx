import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { profileQuery } from '../../../api/account/profile.ts';
import { airdropsQuery } from '../../../api/admin/airdrops.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { ShowMore } from '../../../ui/table.tsx';
import { useSettlingRows } from '../../../ui/use-settling-rows.ts';
import { AirdropRow } from './airdrop-row.tsx';

const SKELETON_ROWS = 4;

interface AirdropListProps {
  /** Whether the user may steer airdrops. */
  readonly isAdmin: boolean;
}

/** All airdrops, newest first, with their progress and the steps that the user may take. */
export function AirdropList({ isAdmin }: AirdropListProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    airdropsQuery(),
  );
  const { data: profile } = useQuery(profileQuery());
  const airdrops = data?.pages.flatMap((page) => page.data);
  const { isSettling, container } = useSettlingRows<HTMLUListElement>(
    (airdrops ?? []).map(({ airdrop_id }) => airdrop_id),
  );
  return (
    <section aria-labelledby="airdrops-title" className="card">
      <h2 id="airdrops-title" className="border-b border-line p-4 font-medium">
        All airdrops
      </h2>
      {airdrops ? (
        airdrops.length > 0 ? (
          <>
            <ul className="grid divide-y divide-line" aria-labelledby="airdrops-title" {...container}>
              {airdrops.map((airdrop) => (
                <AirdropRow
                  key={airdrop.airdrop_id}
                  airdrop={airdrop}
                  isOwn={airdrop.created_by === profile?.username}
                  isAdmin={isAdmin}
                  isSettling={isSettling}
                />
              ))}
            </ul>
            <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
          </>
        ) : (
          <EmptyState title="There are no airdrops yet">
            An airdrop that an administrator creates is listed here with its progress.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState title="The airdrops could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the airdrops" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}
