import type { UserRole } from '@cnop/common/entities/user/user';
import type { LinkProps } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { ChartCandlestick, ChartPie, ListOrdered, ShieldCheck, Wallet } from 'lucide-react';

export interface NavigationItem {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isForVisitors: boolean;
  /** Only for whoever has one of these. */
  readonly roles?: readonly UserRole[];
}

/** Whoever looks after the platform. */
export const STAFF: readonly UserRole[] = ['admin', 'moderator'];

/** The places of the app, in the order of the bar. */
const NAVIGATION: readonly NavigationItem[] = [
  { to: '/', label: 'Markets', icon: ChartCandlestick, isForVisitors: true },
  { to: '/portfolio', label: 'Portfolio', icon: ChartPie, isForVisitors: false },
  { to: '/orders', label: 'Orders', icon: ListOrdered, isForVisitors: false },
  { to: '/cash', label: 'Cash', icon: Wallet, isForVisitors: false },
  { to: '/admin', label: 'Admin', icon: ShieldCheck, isForVisitors: false, roles: STAFF },
];

export interface Visitor {
  readonly isSignedIn: boolean;
  /** Unknown until the profile is read. */
  readonly role: UserRole | undefined;
}

/** The places that somebody may go to. */
export function navigationFor({ isSignedIn, role }: Visitor): readonly NavigationItem[] {
  return NAVIGATION.filter(
    ({ isForVisitors, roles }) =>
      (isForVisitors || isSignedIn) && (roles === undefined || (role !== undefined && roles.includes(role))),
  );
}
