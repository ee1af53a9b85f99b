import type { IsoTime, Username } from '@cnop/common/core/brands';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { formatOwnPrice } from '../../format/numbers.ts';
import { formatDay } from '../../format/times.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { signedAmount } from '../../ui/ledger-names.ts';
import { refusalText } from '../../ui/order-names.ts';
import { EmptyState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import type { InboxItem } from './inbox.ts';
import { isUnread, titleOf } from './inbox.ts';
import { markRead, unreadCount, useArrivals, useInbox, useReadUntil } from './use-inbox.ts';

const MOST_SHOWN = 9;
const SKELETON_ROWS = 5;

interface InboxBellProps {
  readonly username: Username;
}

/** The bell with the number of unread notifications, and the drawer that lists them by day. */
export function InboxBell({ username }: InboxBellProps) {
  const items = useInbox();
  useArrivals(items);
  const readUntil = useReadUntil(username);
  const [isOpen, setIsOpen] = useState(false);
  /** What was unread when the drawer was opened stays marked while it is open. */
  const [markedSince, setMarkedSince] = useState(readUntil);
  const unread = unreadCount(items, readUntil);
  const open = (): void => {
    setMarkedSince(readUntil);
    setIsOpen(true);
    if (items) markRead(username, items);
  };
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`}
        title="Notifications"
        onClick={open}
        className="relative inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <Bell aria-hidden="true" className="size-4" />
        {unread > 0 && (
          <span
            aria-hidden="true"
            className="numeric absolute -end-0.5 top-0 min-w-4 rounded-full bg-solid px-1 text-center text-[0.625rem] leading-4 font-semibold text-on-solid"
          >
            {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
          </span>
        )}
      </button>
      <Dialog kind="drawer" isOpen={isOpen} onClose={() => setIsOpen(false)} title="Notifications">
        {items ? (
          <Days items={items} readUntil={markedSince} onOpen={() => setIsOpen(false)} />
        ) : (
          <SkeletonRows label="Loading the notifications" rows={SKELETON_ROWS} />
        )}
      </Dialog>
    </>
  );
}

interface DaysProps {
  readonly items: readonly InboxItem[];
  readonly readUntil: IsoTime | undefined;
  /** The user goes to the page of an item. */
  readonly onOpen: () => void;
}

/** The items under the days on which they happened, in the time zone of the user. */
function Days({ items, readUntil, onOpen }: DaysProps) {
  if (items.length === 0) {
    return (
      <EmptyState title="No notifications">
        Orders that fill later, transfers to you and actions of staff appear here for 30 days.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-4">
      {byDay(items).map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h3 className="mb-1 text-sm font-medium text-faint">{day}</h3>
          <ul className="grid divide-y divide-line">
            {ofDay.map((item) => (
              <li key={item.id} className="relative py-2.5 ps-4">
                {isUnread(item, readUntil) && (
                  <span className="absolute start-0 top-4.5 size-2 rounded-full bg-accent">
                    <span className="sr-only">Unread</span>
                  </span>
                )}
                <ItemLink item={item} onOpen={onOpen}>
                  {titleOf(item)}
                </ItemLink>
                <p className="text-sm wrap-anywhere text-muted">
                  <Details item={item} />
                </p>
                <p className="text-xs text-faint">
                  <Time value={item.at} />
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Groups items by day, in their order. */
function byDay(items: readonly InboxItem[]): (readonly [day: string, items: readonly InboxItem[]])[] {
  const days = new Map<string, InboxItem[]>();
  for (const item of items) {
    const day = formatDay(new Date(item.at));
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days];
}

interface ItemLinkProps {
  readonly item: InboxItem;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** The link to what an item is about. */
function ItemLink({ item, onOpen, children }: ItemLinkProps) {
  const look = { className: 'font-medium hover:underline', onClick: onOpen };
  switch (item.kind) {
    case 'order':
      return (
        <Link to="/orders" search={{ tab: 'history', order: item.order.order_id }} {...look}>
          {children}
        </Link>
      );
    case 'entry':
      return (
        <Link to="/cash" search={{ entry: item.entry.transaction_id }} {...look}>
          {children}
        </Link>
      );
    case 'payment':
      return (
        <Link to="/cash/funding" {...look}>
          {children}
        </Link>
      );
    case 'run':
      return (
        <Link to="/portfolio/recurring" {...look}>
          {children}
        </Link>
      );
  }
}

/** The amounts and the reason of an item. */
function Details({ item }: { readonly item: InboxItem }) {
  const { hideAmounts } = useAppearance();
  switch (item.kind) {
    case 'order': {
      const { quantity, executed_price, asset_id } = item.order;
      if (executed_price === null) return item.reason;
      return (
        <>
          <Quantity value={quantity} unit={asset_id} /> at {formatOwnPrice(executed_price)}
        </>
      );
    }
    case 'entry':
      return (
        <>
          <Money value={signedAmount(item.entry)} currency={item.entry.currency} isChange />
          {item.entry.description !== null && !hideAmounts && ` · ${item.entry.description}`}
        </>
      );
    case 'payment':
      return (
        <>
          <Money value={item.payment.amount} />
          {item.reason !== null && ` · ${item.reason}`}
        </>
      );
    case 'run':
      return item.run.outcome === 'missed'
        ? 'The platform was away at its time.'
        : refusalText(item.run.error_code);
  }
}
