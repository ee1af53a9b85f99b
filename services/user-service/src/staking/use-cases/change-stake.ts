import type { IsoTime, Quantity } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatQuantity } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { readStakingRates, stakeRecord } from '@cnop/common/dao/staking/staking-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { ReadItems, Write } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { timestampSchema, tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { StakingRate } from '@cnop/common/entities/staking/stake';
import type { Balance } from '@cnop/common/entities/user/balance';
import { assertNotBlocked } from '@cnop/common/entities/user/balance-rules';
import type { UserRole } from '@cnop/common/entities/user/user';
import { availableUnits, holdUnits } from '@cnop/common/trading/holds';
import { AssetNotTradableError, assertMayTrade } from '@cnop/common/trading/permissions';
import type { StakeStep } from '@cnop/common/trading/staking';
import { addToStake, dayAfter, dayOf, emptyStake, rateOn, takeFromStake } from '@cnop/common/trading/staking';
import { NotFoundError, StateConflictError, ValidationError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import { z } from 'zod';
import type { StakeKey, StakingDeps } from './accrue-rewards.ts';
import { catchUp, releaseWork, rewardWork, stakeReads, stepWrites } from './accrue-rewards.ts';

/** The response to a change of a stake. */
export const stakeReceiptSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  asset_id: z.string(),
  quantity: z.string(),
  staked_quantity: z.string().describe('The units staked after it.'),
  earns_from: z.iso
    .date()
    .nullable()
    .describe('The first whole day (UTC) of staked units; null for units taken out.'),
  release_at: timestampSchema.nullable().describe('The time when units taken out are available again.'),
  timestamp: z.string(),
});
type StakeReceipt = z.infer<typeof stakeReceiptSchema>;

const beforeAfterSchema = z.object({ before: z.string(), after: z.string().nullable() });

/** What a change of a stake would do if it were made now. */
export const stakePreviewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  asset_id: z.string(),
  quantity: z.string(),
  staked: beforeAfterSchema,
  available: beforeAfterSchema.describe('Units that may be sold, held or staked.'),
  rate_percent: z.string().nullable().describe('Percent a year from the next day on; null without a rate.'),
  cooldown_days: z.int().nullable(),
  earns_from: z.iso.date().nullable(),
  release_at: timestampSchema.nullable(),
  reasons: z
    .array(z.object({ code: z.string(), message: z.string() }))
    .describe('The reason for which it would be refused.'),
});
type StakePreview = z.infer<typeof stakePreviewSchema>;

/** A change of a stake as its user asks for it. */
export interface StakeRequest extends StakeKey {
  readonly kind: 'stake' | 'unstake';
  readonly role: UserRole;
  readonly quantity: Quantity;
}

export interface StakeCommand extends StakeRequest {
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

interface Terms {
  readonly asset: Asset;
  /** The rate from the next day on. */
  readonly rate: StakingRate | undefined;
  readonly at: IsoTime;
}

type StakeItems = ReadItems<ReturnType<typeof stakeReads>>;

/**
 * Stakes units of a position, or takes them out. Balance, position, stake, its history, the event, the work that is due and
 * the stored response for retries are one commit. Posts the rewards that are due first.
 * @throws NotFoundError (404) for an unknown asset
 * @throws AssetNotTradableError (422 BUS_003) when the asset is closed for staking
 * @throws InsufficientBalanceError (422 BUS_001) when less is available, or staked
 * @see docs/reference/staking.md
 */
export async function changeStake(
  deps: StakingDeps,
  { intent, ...request }: StakeCommand,
): Promise<Once<StakeReceipt>> {
  await catchUp(deps, request);
  const now = deps.clock.now();
  const terms = await termsOf(deps, request, now);
  const eventId = deps.ids.next();
  return transactOnce(deps.store, {
    intent,
    now,
    answer: stakeReceiptSchema,
    reads: stakeReads(request),
    decide: (items) => {
      const changed = decideChange(request, terms, items);
      const { balance, holding, step, due, earnsFrom, releaseAt } = changed;
      const { asset_id, staked_quantity } = step.stake;
      return {
        writes: [...stepWrites(balance, holding, step, { eventId, at: terms.at }), ...due],
        result: {
          success: true as const,
          message: `${request.kind === 'stake' ? 'Staked' : 'Unstaked'} ${request.quantity} ${asset_id}`,
          asset_id,
          quantity: request.quantity,
          staked_quantity,
          earns_from: earnsFrom,
          release_at: releaseAt,
          timestamp: terms.at,
        },
      };
    },
  });
}

/** Predicts what a change of a stake would do if it were made now. Posts no change. */
export async function previewStake(deps: StakingDeps, request: StakeRequest): Promise<StakePreview> {
  await catchUp(deps, request);
  const terms = await termsOf(deps, request, deps.clock.now());
  return deps.store.transact(stakeReads(request), (items) => {
    const holding = assetBalanceRecord.readIfPresent(items.holding);
    const stake = stakeRecord.readIfPresent(items.stake);
    const { changed, refusal } = tryChange(request, terms, items);
    const result: StakePreview = {
      would_be: changed ? 'completed' : 'refused',
      asset_id: request.assetId,
      quantity: request.quantity,
      staked: { before: stake?.staked_quantity ?? '0', after: changed?.step.stake.staked_quantity ?? null },
      available: {
        before: formatQuantity(availableUnits(holding)),
        after: changed ? formatQuantity(availableUnits(changed.holding)) : null,
      },
      rate_percent: terms.rate?.rate_percent ?? null,
      cooldown_days: terms.rate?.cooldown_days ?? null,
      earns_from: changed?.earnsFrom ?? null,
      release_at: changed?.releaseAt ?? null,
      reasons: refusal ? [{ code: refusal.code, message: refusal.message }] : [],
    };
    return { writes: [], result };
  });
}

function tryChange(request: StakeRequest, terms: Terms, items: StakeItems) {
  try {
    return { changed: decideChange(request, terms, items), refusal: undefined };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { changed: undefined, refusal: error };
  }
}

/** @throws NotFoundError (404) for an unknown asset */
async function termsOf(deps: StakingDeps, { assetId }: StakeRequest, now: Date): Promise<Terms> {
  const [asset, rates] = await Promise.all([
    deps.assets.getAsset(assetId),
    readStakingRates(deps.store, assetId),
  ]);
  if (!asset) throw new NotFoundError('The asset');
  const at = isoTime(now);
  return { asset, rate: rateOn(rates, dayAfter(dayOf(at))), at };
}

/** What a change of a stake writes, and what its answer says. */
interface StakeChange {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  readonly step: StakeStep;
  readonly earnsFrom: string | null;
  readonly releaseAt: IsoTime | null;
  /** The writes of the work that becomes due. */
  readonly due: readonly Write[];
}

function decideChange(request: StakeRequest, { asset, rate, at }: Terms, items: StakeItems): StakeChange {
  const { username, assetId, kind, quantity } = request;
  assertMayTrade(request.role);
  const balance = balanceRecord.readIfPresent(items.balance);
  if (!balance) throw new NotFoundError('The account');
  assertNotBlocked(balance);
  if (!decimal(quantity).fits(asset.quantity_scale))
    throw ValidationError.ofField('quantity', tooPreciseMessage(asset.quantity_scale), 'too_precise');
  const before = stakeRecord.readIfPresent(items.stake) ?? emptyStake(username, assetId, at);
  // Another day has begun since its rewards were posted.
  if (before.day !== null && before.day < dayOf(at))
    throw new StateConflictError('Rewards are being posted: try again in a moment.');
  const present = assetBalanceRecord.readIfPresent(items.holding);
  if (kind === 'stake') {
    if (asset.status !== 'active' || !rate || rate.rate_percent === null)
      throw new AssetNotTradableError(assetId, 'is not open for staking');
    const holding = holdUnits(present, { assetId, quantity: decimal(quantity), at });
    const step = addToStake(before, quantity, at);
    const due = before.day === null && step.stake.day !== null ? [rewardWork(request, step.stake.day)] : [];
    const earnsFrom = dayAfter(step.stake.day ?? dayOf(at));
    return { balance, holding, step, earnsFrom, releaseAt: null, due: due.map(dueWorkRecord.create) };
  }
  const cooldownDays = asset.status === 'delisted' ? 0 : (rate?.cooldown_days ?? 0);
  const step = takeFromStake(before, quantity, { at, cooldownDays });
  if (!present) throw new NotFoundError('The holding');
  const isKnown = before.cooling.some(({ release_at }) => release_at === step.releaseAt);
  const due = isKnown ? [] : [dueWorkRecord.create(releaseWork(request, step.releaseAt))];
  return { balance, holding: present, step, earnsFrom: null, releaseAt: step.releaseAt, due };
}
