import type { AssetId, Price, ProposalId } from '@cnop/common/core/brands';
import { pricedReads, readPriced, repricedWrites } from '@cnop/common/dao/inventory/asset-dao';
import {
  manualMovesRecord,
  priceProposalRecord,
  readPriceProposals,
} from '@cnop/common/dao/inventory/price-proposal-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision, Item } from '@cnop/common/database/table-store';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { ManualMoves, PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import { reprice } from '../domain/asset-rules.ts';
import { toAssetView } from '../domain/asset-view.ts';
import {
  addManualMove,
  assertSecondPerson,
  findPending,
  isPending,
  needsSecondAdministrator,
  proposePrice,
} from '../domain/manual-price.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

type ApproveDeps = Pick<InventoryDependencies, 'store' | 'clock' | 'audit' | 'catalogue' | 'market'>;
type SetAssetPriceDeps = ApproveDeps & Pick<InventoryDependencies, 'ids' | 'manualPriceMaxPercent'>;

export interface SetAssetPriceCommand {
  readonly caller: Caller;
  readonly assetId: AssetId;
  /** USD per unit. */
  readonly price: Price;
  /** Proposes a step that is too large for one person; a second administrator who sends the same approves it. */
  readonly force: boolean;
}

/** The outcome for the caller; a proposed price takes effect when a second administrator approves it. */
export type PriceOutcome =
  | { readonly kind: 'set'; readonly asset: AssetResponse }
  | { readonly kind: 'proposed'; readonly proposal: PriceProposal };

/** The stored state that a decision about a manual price reads beside the asset. */
interface PriceState {
  readonly moves: ManualMoves | undefined;
  readonly stored: PriceProposal | undefined;
  readonly actor: User | undefined;
  /** The price sheet of the asset. */
  readonly sheet: Item | undefined;
}

/** The result of the transaction, before it is rendered. */
type Decided =
  | { readonly kind: 'set'; readonly asset: Asset }
  | { readonly kind: 'proposed'; readonly proposal: PriceProposal };

/**
 * Sets the price of an asset. A step that is larger than one person may make is refused or, with `force`, proposed to a
 * second administrator, who approves it by sending the same request.
 * @throws NotFoundError (404)
 * @throws ValidationError (422) when the price has more fraction digits than the asset's `price_scale`, or the step is
 *   too large and not forced
 * @throws ForbiddenError (403) when the caller repeats a proposal without being an active administrator
 * @throws StateConflictError (409) while another proposal of the asset is pending
 */
export async function setAssetPrice(
  deps: SetAssetPriceDeps,
  command: SetAssetPriceCommand,
): Promise<PriceOutcome> {
  const { assetId, caller } = command;
  const decide = priceDecision(deps, command);
  const reads = {
    ...(await pricedReads(deps.store, assetId)),
    moves: manualMovesRecord.key({ asset_id: assetId }),
    proposal: priceProposalRecord.key({ asset_id: assetId }),
    actor: userRecord.key(caller),
  };
  const decided = await deps.store.transact(reads, (items): Decision<Decided> => {
    const asset = readPriced(items);
    if (!asset) throw new NotFoundError('The asset');
    return decide(asset, {
      moves: manualMovesRecord.readIfPresent(items.moves),
      stored: priceProposalRecord.readIfPresent(items.proposal),
      actor: userRecord.readIfPresent(items.actor),
      sheet: items.sheet,
    });
  });
  if (decided.kind === 'proposed') return decided;
  deps.catalogue.invalidate();
  deps.market.priceSet(decided.asset);
  return { kind: 'set', asset: toAssetView(decided.asset, deps.market.livePrice(assetId)) };
}

/** Prepares the pure decision: ids and times are made here, before the transaction. */
function priceDecision(deps: SetAssetPriceDeps, command: SetAssetPriceCommand) {
  const { caller, price, force } = command;
  const limitPercent = deps.manualPriceMaxPercent;
  const now = deps.clock.now();
  const proposalId = deps.ids.next();
  const auditSet = auditWriter(deps, caller, 'set_asset_price');
  const auditProposed = auditWriter(deps, caller, 'propose_asset_price');
  const approve = approval(deps, caller, now);

  return (asset: Asset, { moves, stored, actor, sheet }: PriceState): Decision<Decided> => {
    const repriced = reprice(asset, price, now);
    const moved = addManualMove({ asset, moves, price, limitPercent, now });
    if (moved) {
      const audit = auditSet({ assetId: asset.asset_id, changes: assetChanges(asset, repriced) });
      const writes = [...repricedWrites(repriced, { sheet }), manualMovesRecord.replace(moved), audit];
      return { writes, result: { kind: 'set', asset: repriced } };
    }
    if (!force) throw needsSecondAdministrator(limitPercent);
    const isSame = stored && isPending(stored, now) && stored.price === price;
    if (isSame && stored.proposed_by === caller.username) {
      return { writes: [], result: { kind: 'proposed', proposal: stored } };
    }
    if (isSame) {
      const approved = approve({ asset, sheet }, stored, actor);
      return { writes: approved.writes, result: { kind: 'set', asset: approved.result } };
    }
    const proposal = proposePrice(asset, stored, { proposalId, price, by: caller.username, now });
    const changes = [{ field: 'current_price', before: asset.current_price, after: price }];
    const audit = auditProposed({ assetId: asset.asset_id, changes });
    return { writes: [priceProposalRecord.replace(proposal), audit], result: { kind: 'proposed', proposal } };
  };
}

export interface ProposalCommand {
  readonly caller: Caller;
  readonly assetId: AssetId;
  readonly proposalId: ProposalId;
}

/** Lists the proposals that await a second administrator. */
export async function listPriceProposals({
  store,
  clock,
}: Pick<InventoryDependencies, 'store' | 'clock'>): Promise<PriceProposal[]> {
  const now = clock.now();
  return (await readPriceProposals(store)).filter((proposal) => isPending(proposal, now));
}

/**
 * Approves a proposal, which sets the price.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403) for the proposer, and for callers who are not active administrators
 */
export async function approvePriceProposal(
  deps: ApproveDeps,
  { caller, assetId, proposalId }: ProposalCommand,
): Promise<AssetResponse> {
  const now = deps.clock.now();
  const approve = approval(deps, caller, now);
  const reads = {
    ...(await pricedReads(deps.store, assetId)),
    proposal: priceProposalRecord.key({ asset_id: assetId }),
    actor: userRecord.key(caller),
  };
  const repriced = await deps.store.transact(reads, (items) => {
    const proposal = findPending(priceProposalRecord.readIfPresent(items.proposal), proposalId, now);
    const asset = readPriced(items);
    if (!asset) throw new NotFoundError('The asset');
    return approve({ asset, sheet: items.sheet }, proposal, userRecord.readIfPresent(items.actor));
  });
  deps.catalogue.invalidate();
  deps.market.priceSet(repriced);
  return toAssetView(repriced, deps.market.livePrice(assetId));
}

/**
 * Rejects a proposal. Administrators may reject any proposal, moderators only their own.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403)
 */
export async function rejectPriceProposal(
  deps: Pick<InventoryDependencies, 'store' | 'clock' | 'audit'>,
  { caller, assetId, proposalId }: ProposalCommand,
): Promise<PriceProposal> {
  const now = deps.clock.now();
  const auditWrite = auditWriter(deps, caller, 'reject_asset_price');
  const key = priceProposalRecord.key({ asset_id: assetId });
  return deps.store.transact({ proposal: key }, (items) => {
    const proposal = findPending(priceProposalRecord.readIfPresent(items.proposal), proposalId, now);
    if (caller.role !== 'admin' && proposal.proposed_by !== caller.username) throw new ForbiddenError();
    const facts = { proposed_price: proposal.price, proposed_by: proposal.proposed_by };
    return {
      writes: [{ kind: 'delete', key }, auditWrite({ assetId, changes: [], facts })],
      result: proposal,
    };
  });
}

/**
 * Prepares the pure decision that applies a proposal. It checks the stored role of the approver, since a token may be older
 * than the loss of a role.
 */
function approval(deps: Pick<InventoryDependencies, 'audit'>, caller: Caller, now: Date) {
  const auditWrite = auditWriter(deps, caller, 'approve_asset_price');
  return (
    { asset, sheet }: { readonly asset: Asset } & Pick<PriceState, 'sheet'>,
    proposal: PriceProposal,
    approver: User | undefined,
  ): Decision<Asset> => {
    if (approver?.role !== 'admin' || approver.status !== 'active') throw new ForbiddenError();
    assertSecondPerson(proposal, caller.username);
    const repriced = reprice(asset, proposal.price, now);
    const changes = assetChanges(asset, repriced);
    const audit = auditWrite({
      assetId: asset.asset_id,
      changes,
      facts: { proposed_by: proposal.proposed_by },
    });
    const writes = [
      ...repricedWrites(repriced, { sheet }),
      { kind: 'delete', key: priceProposalRecord.key(asset) } as const,
      audit,
    ];
    return { writes, result: repriced };
  };
}
