import type { AssetId } from '@cnop/common/core/brands';

/** The rules, by what they find. */
export const INSIGHT_CODES = [
  'concentration',
  'drift',
  'unrealized_loss',
  'no_stop',
  'stale_price',
  'idle_cash',
  'fees_of_volume',
  'fees_of_gains',
] as const;
type InsightCode = (typeof INSIGHT_CODES)[number];

export const INSIGHT_SEVERITIES = ['serious', 'warning', 'info'] as const;
type InsightSeverity = (typeof INSIGHT_SEVERITIES)[number];

/** What a user can do about a finding. */
export const INSIGHT_ACTIONS = [
  'sell_asset',
  'buy_asset',
  'buy_assets',
  'rebalance',
  'place_stop',
  'review_position',
  'review_trades',
  'wait_for_price',
] as const;
type InsightAction = (typeof INSIGHT_ACTIONS)[number];

export const INSIGHT_VALUES = [
  'share',
  'target_share',
  'difference',
  'value',
  'loss',
  'fees',
  'volume',
  'gain',
  'age',
] as const;
export const INSIGHT_UNITS = ['share', 'usd', 'seconds'] as const;

/** A number behind a finding: a part of one, USD, or seconds. */
export interface InsightValue {
  readonly name: (typeof INSIGHT_VALUES)[number];
  readonly unit: (typeof INSIGHT_UNITS)[number];
  readonly value: string;
}

/** What a rule found. */
export interface Insight {
  readonly code: InsightCode;
  readonly severity: InsightSeverity;
  /** Null for a finding about the whole portfolio, or about its cash. */
  readonly asset_id: AssetId | null;
  readonly values: readonly InsightValue[];
  /** The limit that was exceeded, in the unit of the first value. */
  readonly threshold: string;
  readonly action: InsightAction;
}
