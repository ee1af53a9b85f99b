import type { OrderId } from '@cnop/common/core/brands';
import type {
  OrderExplanation,
  TimelineEntry,
  WaitingFor,
} from '@cnop/common/entities/order/order-explanation';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { orderExplanationQuery } from '../../api/orders/orders.ts';
import { formatOwnPrice, formatPercent } from '../../format/numbers.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

const REFRESH_MILLISECONDS = 5_000;
const SKELETON_ROWS = 4;

/** Texts without amounts, for users who hide them. */
const NAMES: Readonly<Record<TimelineEntry['event'], string>> = {
  accepted: 'Accepted.',
  held: 'Cash or units were held.',
  nearest_miss: 'The price came closest to the trigger.',
  triggered: 'Triggered.',
  executed: 'Filled.',
  cancelled: 'Cancelled.',
  expired: 'Expired.',
  failed: 'Failed.',
  released: 'The unused part of the hold was released.',
  refunded: 'Refunded.',
};

const DOTS: Readonly<Record<TimelineEntry['event'], string>> = {
  accepted: 'bg-line-strong',
  held: 'bg-line-strong',
  nearest_miss: 'bg-warn',
  triggered: 'bg-accent',
  executed: 'bg-gain',
  cancelled: 'bg-line-strong',
  expired: 'bg-warn',
  failed: 'bg-loss',
  released: 'bg-line-strong',
  refunded: 'bg-accent',
};

/** The timeline of an order, in the words of the server. */
export function OrderTimeline({ orderId }: { readonly orderId: OrderId }) {
  const { data, error, refetch } = useQuery({
    ...orderExplanationQuery(orderId),
    // The distance to the trigger changes while the order is open.
    refetchInterval: ({ state }) => (state.data?.waiting_for ? REFRESH_MILLISECONDS : false),
  });
  return (
    <section aria-labelledby="timeline-title" className="grid grid-cols-1 gap-3 border-t border-line pt-4">
      <h3 id="timeline-title" className="font-medium">
        What happened
      </h3>
      {data ? (
        <>
          {data.waiting_for && <Waiting waiting={data.waiting_for} />}
          <Timeline entries={data.timeline} />
        </>
      ) : error ? (
        <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the history" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function Timeline({ entries }: { readonly entries: OrderExplanation['timeline'] }) {
  const { hideAmounts } = useAppearance();
  return (
    <ol className="grid">
      {entries.map(({ at, event, text }) => (
        <li
          key={`${at} ${event}`}
          className="relative grid gap-0.5 border-s border-line ps-5 pb-4 last:border-transparent last:pb-0"
        >
          <span
            aria-hidden="true"
            className={clsx('absolute -start-1 top-1.5 size-2 rounded-full ring-4 ring-raised', DOTS[event])}
          />
          <span className="wrap-anywhere">{hideAmounts ? NAMES[event] : text}</span>
          <span className="text-xs text-faint">
            <Time value={at} isExact />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Waiting({ waiting }: { readonly waiting: WaitingFor }) {
  const { watches, condition, trigger_price, price, distance_percent, peak } = waiting;
  return (
    <div className="rounded-md bg-accent-soft p-3 text-sm">
      <p>
        Triggers when the {watches} is {condition === 'at_or_below' ? 'at or below' : 'at or above'}{' '}
        <strong className="numeric">{formatOwnPrice(trigger_price)}</strong>.
        {price !== null && (
          <>
            {' '}
            It is <span className="numeric">{formatOwnPrice(price)}</span> now
            {distance_percent !== null && <>, {formatPercent(distance_percent, { signed: true })} to go</>}.
          </>
        )}
        {peak !== null && <> The peak so far is {formatOwnPrice(peak)}.</>}
      </p>
    </div>
  );
}
