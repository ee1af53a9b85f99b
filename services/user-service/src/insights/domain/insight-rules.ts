import type { AssetId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import type { Insight, InsightValue } from './insight.ts';
import { INSIGHT_SEVERITIES } from './insight.ts';

/** A position, as the rules see it. */
export interface InsightPosition {
  readonly assetId: AssetId;
  /** USD. */
  readonly value: Decimal;
  readonly invested: Decimal;
  readonly unrealized: Decimal;
  readonly units: Decimal;
  /** Units that an open stop-loss or trailing stop would sell. */
  readonly stoppedUnits: Decimal;
  readonly priceAgeSeconds: number;
}

/** What the rules know of an account. */
export interface InsightFacts {
  /** USD that no open order holds, and all of it. */
  readonly availableCash: Decimal;
  readonly cash: Decimal;
  /** Those with units. */
  readonly positions: readonly InsightPosition[];
  /** USD, over the recent trades. */
  readonly recent: { readonly volume: Decimal; readonly fees: Decimal; readonly realized: Decimal };
  /** Percentages, by asset; null without a target. */
  readonly target: {
    readonly cash: Decimal;
    readonly assets: ReadonlyMap<AssetId, Decimal>;
  } | null;
}

type Rule = (facts: InsightFacts) => readonly Insight[];

/** The limits of the rules: parts of one, USD, or seconds. */
const INSIGHT_LIMITS = {
  concentration: { warning: '0.5', serious: '0.8' },
  drift: { warning: '0.05', serious: '0.15' },
  unrealizedLoss: { warning: '0.2', serious: '0.5' },
  /** The part of the portfolio from which on a position should have a stop. */
  noStop: '0.1',
  stalePriceSeconds: 900,
  idleCash: '0.5',
  idleCashUsd: '100',
  feesOfVolume: '0.005',
  feesOfGains: '0.25',
} as const;

/** Fraction digits of a share. */
const SHARE_SCALE = 4;

/** All rules. Each is a pure function, and finds nothing in an empty portfolio. */
const RULES: readonly Rule[] = [
  concentration,
  drift,
  unrealizedLoss,
  noStop,
  stalePrice,
  idleCash,
  feesOfVolume,
  feesOfGains,
];

/**
 * Applies every rule to an account.
 * @returns serious findings first, otherwise in the order of the rules
 * @see docs/reference/insights.md
 */
export function findInsights(facts: InsightFacts): Insight[] {
  const found = RULES.flatMap((rule) => rule(facts));
  return INSIGHT_SEVERITIES.flatMap((severity) => found.filter((insight) => insight.severity === severity));
}

function concentration(facts: InsightFacts): Insight[] {
  const { warning, serious } = INSIGHT_LIMITS.concentration;
  return facts.positions.flatMap(({ assetId, value }) => {
    const share = partOf(value, totalOf(facts));
    if (share.lte(warning)) return [];
    const isSerious = share.gt(serious);
    return {
      code: 'concentration',
      severity: isSerious ? 'serious' : 'warning',
      asset_id: assetId,
      values: [shareValue('share', share), usdValue('value', value)],
      threshold: isSerious ? serious : warning,
      action: 'sell_asset',
    };
  });
}

function drift(facts: InsightFacts): Insight[] {
  const { target, positions, cash } = facts;
  const total = totalOf(facts);
  if (!target || total.eq(ZERO)) return [];
  const values = new Map<AssetId | null, Decimal>(positions.map(({ assetId, value }) => [assetId, value]));
  const targets = new Map<AssetId | null, Decimal>([...target.assets, [null, target.cash]]);
  values.set(null, cash);
  return [...new Set([...targets.keys(), ...values.keys()])].flatMap((assetId) =>
    driftOf(
      assetId,
      partOf(values.get(assetId) ?? ZERO, total),
      partOf(targets.get(assetId) ?? ZERO, decimal('100')),
    ),
  );
}

function driftOf(assetId: AssetId | null, share: Decimal, target: Decimal): Insight[] {
  const { warning, serious } = INSIGHT_LIMITS.drift;
  const difference = share.minus(target);
  if (difference.abs().lte(warning)) return [];
  const isSerious = difference.abs().gt(serious);
  const trade = difference.gt(ZERO) ? 'sell_asset' : 'buy_asset';
  return [
    {
      code: 'drift',
      severity: isSerious ? 'serious' : 'warning',
      asset_id: assetId,
      values: [
        shareValue('difference', difference),
        shareValue('share', share),
        shareValue('target_share', target),
      ],
      threshold: isSerious ? serious : warning,
      action: assetId === null ? 'rebalance' : trade,
    },
  ];
}

function unrealizedLoss({ positions }: InsightFacts): Insight[] {
  const { warning, serious } = INSIGHT_LIMITS.unrealizedLoss;
  return positions.flatMap(({ assetId, unrealized, invested, value }) => {
    const loss = partOf(unrealized.neg(), invested);
    if (loss.lte(warning)) return [];
    const isSerious = loss.gt(serious);
    return {
      code: 'unrealized_loss',
      severity: isSerious ? 'serious' : 'warning',
      asset_id: assetId,
      values: [shareValue('share', loss), usdValue('loss', unrealized.neg()), usdValue('value', value)],
      threshold: isSerious ? serious : warning,
      action: 'review_position',
    };
  });
}

function noStop(facts: InsightFacts): Insight[] {
  const limit = INSIGHT_LIMITS.noStop;
  return facts.positions.flatMap(({ assetId, value, units, stoppedUnits }) => {
    const open = units.minus(stoppedUnits);
    const atRisk = value.times(partOf(open, units));
    const share = partOf(atRisk, totalOf(facts));
    if (share.lte(limit)) return [];
    return {
      code: 'no_stop',
      severity: 'info',
      asset_id: assetId,
      values: [shareValue('share', share), usdValue('value', atRisk)],
      threshold: limit,
      action: 'place_stop',
    };
  });
}

function stalePrice({ positions }: InsightFacts): Insight[] {
  const limit = INSIGHT_LIMITS.stalePriceSeconds;
  return positions.flatMap(({ assetId, priceAgeSeconds, value }) => {
    if (priceAgeSeconds <= limit) return [];
    return {
      code: 'stale_price',
      severity: 'warning',
      asset_id: assetId,
      values: [
        { name: 'age', unit: 'seconds', value: String(Math.floor(priceAgeSeconds)) },
        usdValue('value', value),
      ],
      threshold: String(limit),
      action: 'wait_for_price',
    };
  });
}

/** A target says how much cash is wanted, so with one the drift of cash takes its place. */
function idleCash(facts: InsightFacts): Insight[] {
  const { availableCash: cash, target } = facts;
  const share = partOf(cash, totalOf(facts));
  if (target || cash.lte(INSIGHT_LIMITS.idleCashUsd) || share.lte(INSIGHT_LIMITS.idleCash)) return [];
  return [
    {
      code: 'idle_cash',
      severity: 'info',
      asset_id: null,
      values: [shareValue('share', share), usdValue('value', cash)],
      threshold: INSIGHT_LIMITS.idleCash,
      action: 'buy_assets',
    },
  ];
}

function feesOfVolume({ recent: { fees, volume } }: InsightFacts): Insight[] {
  const share = partOf(fees, volume);
  if (share.lte(INSIGHT_LIMITS.feesOfVolume)) return [];
  return [
    {
      code: 'fees_of_volume',
      severity: 'info',
      asset_id: null,
      values: [shareValue('share', share), usdValue('fees', fees), usdValue('volume', volume)],
      threshold: INSIGHT_LIMITS.feesOfVolume,
      action: 'review_trades',
    },
  ];
}

/** Compares the fees with the realised gains before fees; without gains there is nothing to compare. */
function feesOfGains({ recent: { fees, realized } }: InsightFacts): Insight[] {
  const gain = realized.plus(fees);
  const share = partOf(fees, gain);
  if (realized.lte(ZERO) || share.lte(INSIGHT_LIMITS.feesOfGains)) return [];
  return [
    {
      code: 'fees_of_gains',
      severity: 'warning',
      asset_id: null,
      values: [shareValue('share', share), usdValue('fees', fees), usdValue('gain', gain)],
      threshold: INSIGHT_LIMITS.feesOfGains,
      action: 'review_trades',
    },
  ];
}

function totalOf({ cash, positions }: InsightFacts): Decimal {
  return positions.reduce((sum, { value }) => sum.plus(value), cash);
}

/** Returns a part of a whole; zero of nothing. */
function partOf(part: Decimal, whole: Decimal): Decimal {
  return whole.eq(ZERO) ? ZERO : part.div(whole);
}

function shareValue(name: InsightValue['name'], share: Decimal): InsightValue {
  return { name, unit: 'share', value: formatDecimal(roundDown(share, SHARE_SCALE)) };
}

function usdValue(name: InsightValue['name'], amount: Decimal): InsightValue {
  return { name, unit: 'usd', value: formatUsd(roundDown(amount, 2)) };
}
