import type { LinkProps } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { ChartCandlestick, ChartPie, ListOrdered, Wallet } from 'lucide-react';

export interface NavigationItem {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isForVisitors: boolean;
}

/** The places of the app, in the order of the bar. */
export const NAVIGATION: readonly NavigationItem[] = [
  { to: '/', label: 'Markets', icon: ChartCandlestick, isForVisitors: true },
  { to: '/portfolio', label: 'Portfolio', icon: ChartPie, isForVisitors: false },
  { to: '/orders', label: 'Orders', icon: ListOrdered, isForVisitors: false },
  { to: '/cash', label: 'Cash', icon: Wallet, isForVisitors: false },
];
