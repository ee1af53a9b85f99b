import type { Health } from '@cnop/common/entities/health';
import type { BadgeTone } from '../../../ui/badge.tsx';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export const REFRESH_MILLISECONDS = 5_000;
/** Health is stale after two missed answers. */
const STALE_AFTER_MILLISECONDS = 12_000;

export const HEALTH_NAMES: Readonly<Record<Health['status'], string>> = {
  healthy: 'All services are up',
  degraded: 'Some parts are down',
  unhealthy: 'The platform is not ready',
  draining: 'Shutting down',
};

export const HEALTH_TONES: Readonly<Record<Health['status'], BadgeTone>> = {
  healthy: 'gain',
  degraded: 'loss',
  unhealthy: 'loss',
  draining: 'warn',
};

/** What a part of the platform provides. */
const MEANINGS: Readonly<Record<string, string>> = {
  'user-service': 'Accounts, sign-in, cash and portfolios',
  'order-service': 'Orders and their triggers',
  'inventory-service': 'Assets, prices and candles',
  token_keys: 'The keys that check who signs in',
  store: 'Accounts, orders and prices on disk',
  disk: 'Free space for changes',
  redis: 'Messages between processes and shared rate limits',
};

export function meaningOf(check: string): string {
  return MEANINGS[check] ?? 'A part of the platform';
}

/** Returns whether an answer is too old to be shown as current. */
export function isStale(answeredAtMilliseconds: number, nowMilliseconds: number): boolean {
  return nowMilliseconds - answeredAtMilliseconds > STALE_AFTER_MILLISECONDS;
}

/** Formats a duration in its two largest units: `3 d 4 h`. */
export function uptimeText(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  const hours = Math.floor((seconds % DAY_SECONDS) / HOUR_SECONDS);
  const minutes = Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS);
  const rest = Math.floor(seconds % MINUTE_SECONDS);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${rest} s`;
  return `${rest} s`;
}
