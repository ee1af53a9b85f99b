import type { IsoTime, Username } from '@cnop/common/core/brands';
import { timestampSchema } from '@cnop/common/entities/fields';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ledgerQuery } from '../../api/account/cash.ts';
import { paymentsQuery } from '../../api/account/funding.ts';
import { recurringBuysQuery } from '../../api/account/recurring-buys.ts';
import { orderHistoryQuery } from '../../api/orders/orders.ts';
import { notify } from '../../ui/notices.ts';
import type { InboxItem } from './inbox.ts';
import { inboxOf, isUnread, titleOf } from './inbox.ts';

/** A page that shows one of these lists says that it failed, and retries it. */
const LEAVES_FAILURES = { retryOnMount: false } as const;

/**
 * Reads the inbox of the signed-in user. Live events read its lists again, so it is as current as the pages are.
 * @returns `undefined` until all lists are loaded
 */
export function useInbox(): readonly InboxItem[] | undefined {
  const { data: orders } = useInfiniteQuery({ ...orderHistoryQuery({}), ...LEAVES_FAILURES });
  const { data: ledger } = useInfiniteQuery({ ...ledgerQuery({}), ...LEAVES_FAILURES });
  const { data: payments } = useInfiniteQuery({ ...paymentsQuery(), ...LEAVES_FAILURES });
  const { data: buys } = useQuery({ ...recurringBuysQuery(), ...LEAVES_FAILURES });
  // Fixed, so that what is shown does not change with the clock.
  const [openedAt] = useState(() => new Date());
  return useMemo(() => {
    if (!orders || !ledger || !payments || !buys) return undefined;
    const sources = {
      orders: orders.pages.flatMap(({ data }) => data),
      entries: ledger.pages.flatMap(({ transactions }) => transactions),
      payments: payments.pages.flatMap(({ data }) => data),
      buys,
    };
    return inboxOf(sources, openedAt);
  }, [orders, ledger, payments, buys, openedAt]);
}

/** Announces items that arrive while the app is open. Open orders announce themselves by their events. */
export function useArrivals(items: readonly InboxItem[] | undefined): void {
  const known = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    if (!items) return;
    const before = known.current;
    known.current = new Set(items.map(({ id }) => id));
    if (!before) return;
    for (const item of items.filter(({ id }) => !before.has(id)).toReversed()) {
      if (item.kind === 'order' && item.order.status !== 'cancelled') continue;
      notify({ tone: item.kind === 'run' ? 'failure' : 'info', title: titleOf(item) });
    }
  }, [items]);
}

const STORAGE_PREFIX = 'cnop.inbox-read.';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Reading in another tab counts here as well.
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** Returns the time up to which the user has read the inbox on this device; `undefined` if never. */
export function useReadUntil(username: Username): IsoTime | undefined {
  const stored = useSyncExternalStore(subscribe, () => readStored(username));
  return timestampSchema.safeParse(stored).data;
}

function readStored(username: Username): string | null {
  try {
    return localStorage.getItem(STORAGE_PREFIX + username);
  } catch {
    return null;
  }
}

/** Marks the items of the inbox as read, in all tabs. */
export function markRead(username: Username, items: readonly InboxItem[]): void {
  const newest = items[0]?.at;
  if (newest === undefined) return;
  try {
    localStorage.setItem(STORAGE_PREFIX + username, newest);
  } catch {
    // Without storage they count as unread again after a reload.
  }
  for (const listener of listeners) listener();
}

/** Returns the number of unread items. */
export function unreadCount(items: readonly InboxItem[] | undefined, readUntil: IsoTime | undefined): number {
  return (items ?? []).filter((item) => isUnread(item, readUntil)).length;
}
