import type { UserRole } from '@cnop/common/entities/user/user';
import type { LinkProps } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { ChartCandlestick, ChartPie, ListOrdered, ShieldCheck, Wallet } from 'lucide-react';

export interface NavigationItem {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isForVisitors: boolean;
  /** The roles that see the item; all users if undefined. */
  readonly roles?: readonly UserRole[];
}

/** The roles of staff. */
export const STAFF: readonly UserRole[] = ['admin', 'moderator'];

/** The items of the navigation bar, in order. */
const NAVIGATION: readonly NavigationItem[] = [
  { to: '/', label: 'Markets', icon: ChartCandlestick, isForVisitors: true },
  { to: '/portfolio', label: 'Portfolio', icon: ChartPie, isForVisitors: false },
  { to: '/orders', label: 'Orders', icon: ListOrdered, isForVisitors: false },
  { to: '/cash', label: 'Cash', icon: Wallet, isForVisitors: false },
  { to: '/admin', label: 'Admin', icon: ShieldCheck, isForVisitors: false, roles: STAFF },
];

export interface Visitor {
  readonly isSignedIn: boolean;
  /** `undefined` until the profile is read. */
  readonly role: UserRole | undefined;
}

/** Returns the navigation items that a user or visitor may see. */
export function navigationFor({ isSignedIn, role }: Visitor): readonly NavigationItem[] {
  return NAVIGATION.filter(
    ({ isForVisitors, roles }) =>
      (isForVisitors || isSignedIn) && (roles === undefined || (role !== undefined && roles.includes(role))),
  );
}

/** A page of an area, which is a tab beside the others. */
export interface SubPage {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  /** The roles that see the page; all users of the area if undefined. */
  readonly roles?: readonly UserRole[];
}

/** The tabs of the areas for users, in order. Those of staff are in `admin/admin-area.tsx`, which only staff loads. */
export const SUB_PAGES = {
  cash: [
    { to: '/cash', label: 'Overview' },
    { to: '/cash/funding', label: 'Payments' },
    { to: '/cash/transfer', label: 'Transfer' },
    { to: '/cash/convert', label: 'Convert' },
    { to: '/cash/statements', label: 'Statements' },
  ],
  portfolio: [
    { to: '/portfolio', label: 'Holdings' },
    { to: '/portfolio/performance', label: 'Performance' },
    { to: '/portfolio/activity', label: 'Activity' },
    { to: '/portfolio/tax', label: 'Taxes' },
    { to: '/portfolio/staking', label: 'Staking' },
    { to: '/portfolio/recurring', label: 'Recurring' },
  ],
} as const satisfies Readonly<Record<string, readonly SubPage[]>>;

/** Returns the pages that a user with a role may see. */
export function pagesFor(pages: readonly SubPage[], role: UserRole): readonly SubPage[] {
  return pages.filter(({ roles }) => roles === undefined || roles.includes(role));
}
