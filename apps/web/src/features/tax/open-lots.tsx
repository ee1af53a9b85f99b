import { useInfiniteQuery } from '@tanstack/react-query';
import { openLotsQuery } from '../../api/account/tax.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';

const SKELETON_ROWS = 3;

/** The lots that are held now, with their cost and age. */
export function OpenLots() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    openLotsQuery(),
  );
  const lots = data?.pages.flatMap((page) => page.data);
  return (
    <section aria-labelledby="lots-title" className="card min-w-0">
      <h2
        id="lots-title"
        className="flex items-baseline justify-between border-b border-line px-4 py-2.5 font-medium"
      >
        Lots you hold now
        {data && (
          <span className="text-sm font-normal text-muted">
            Cost <Money value={data.pages[0]?.cost} />
          </span>
        )}
      </h2>
      {lots === undefined ? (
        error ? (
          <ErrorState title="Your lots could not be loaded" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows label="Loading your lots" rows={SKELETON_ROWS} />
        )
      ) : lots.length === 0 ? (
        <EmptyState title="You hold no assets">Each purchase becomes a lot.</EmptyState>
      ) : (
        <Table caption="Lots you hold now, oldest first" head={<Heads />}>
          {lots.map((lot) => (
            <Row key={`${lot.asset_id} ${lot.transaction_id}`}>
              <RowHead isDense>
                <Quantity value={lot.quantity} unit={lot.asset_id} />
              </RowHead>
              <Cell isDense className="text-muted">
                <Time value={lot.acquired_at} />
              </Cell>
              <Cell isDense className="hidden text-muted sm:table-cell">
                {lot.holding_days} {lot.holding_days === 1 ? 'day' : 'days'}, {lot.term}
              </Cell>
              <Cell isNumeric isDense>
                <Money value={lot.cost} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </section>
  );
}

function Heads() {
  return (
    <>
      <Column>Units</Column>
      <Column>Acquired</Column>
      <Column className="hidden sm:table-cell">Held</Column>
      <Column isNumeric>Cost</Column>
    </>
  );
}
