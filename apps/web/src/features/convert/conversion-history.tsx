import { useInfiniteQuery } from '@tanstack/react-query';
import type { Conversion } from '../../api/account/wallets.ts';
import { conversionsQuery } from '../../api/account/wallets.ts';
import { formatQuantity } from '../../format/numbers.ts';
import { Money } from '../../ui/amounts.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';

const SKELETON_ROWS = 4;

/** All conversions of the user, newest first. */
export function ConversionHistory() {
  return (
    <section aria-labelledby="conversions-title" className="card min-w-0">
      <h2 id="conversions-title" className="flex min-h-11 items-center border-b border-line px-4 font-medium">
        Conversions
      </h2>
      <Conversions />
    </section>
  );
}

function Conversions() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useInfiniteQuery(conversionsQuery());
  const conversions = data?.pages.flatMap((page) => page.data);
  if (!conversions) {
    return error ? (
      <ErrorState title="Your conversions could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading your conversions" rows={SKELETON_ROWS} />
    );
  }
  if (conversions.length === 0) {
    return <EmptyState title="No conversions yet">What you convert appears here, with its rate.</EmptyState>;
  }
  return (
    <>
      <Table caption="Conversions, newest first" head={<Heads />}>
        {conversions.map((conversion) => (
          <ConversionRow key={conversion.conversion_id} conversion={conversion} />
        ))}
      </Table>
      {isFetchNextPageError ? (
        <ErrorState
          title="More conversions could not be loaded"
          error={error}
          onRetry={() => void fetchNextPage()}
        />
      ) : (
        <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      )}
    </>
  );
}

function Heads() {
  return (
    <>
      <Column>Conversion</Column>
      <Column isNumeric>Given</Column>
      <Column isNumeric>Received</Column>
      <Column isNumeric className="hidden sm:table-cell">
        Rate
      </Column>
    </>
  );
}

function ConversionRow({ conversion }: { readonly conversion: Conversion }) {
  const { from, to, debited, credited, rate, created_at } = conversion;
  return (
    <Row>
      <RowHead>
        <span className="grid py-1.5">
          <span className="font-medium">
            {from} to {to}
          </span>
          <span className="text-xs text-faint">
            <Time value={created_at} />
          </span>
        </span>
      </RowHead>
      <Cell isNumeric>
        <Money value={debited} currency={from} />
      </Cell>
      <Cell isNumeric>
        <Money value={credited} currency={to} />
      </Cell>
      <Cell isNumeric className="hidden text-muted sm:table-cell">
        {formatQuantity(rate)}
      </Cell>
    </Row>
  );
}
