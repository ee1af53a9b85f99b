import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { priceProposalRecord, readPriceProposals } from '@cnop/common/dao/inventory/price-proposal-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import { reprice } from '../domain/asset-rules.ts';
import { toAssetView } from '../domain/asset-view.ts';
import { assertSecondPerson, findPending, isPending } from '../domain/manual-price.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface ProposalCommand {
  readonly caller: Caller;
  readonly assetId: string;
  readonly proposalId: string;
}

/** Returns the proposals that wait for a second administrator. */
export async function listPriceProposals({
  store,
  clock,
}: Pick<InventoryDependencies, 'store' | 'clock'>): Promise<PriceProposal[]> {
  const now = clock.now();
  return (await readPriceProposals(store)).filter((proposal) => isPending(proposal, now));
}

/**
 * Sets a proposed price, as a second administrator.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403) for the person who proposed, and for anyone but an administrator
 */
export async function approvePriceProposal(
  deps: InventoryDependencies,
  { caller, assetId, proposalId }: ProposalCommand,
): Promise<AssetResponse> {
  const now = deps.clock.now();
  const approve = approval(deps, caller, now);
  const reads = {
    asset: assetRecord.key({ asset_id: assetId }),
    proposal: priceProposalRecord.key({ asset_id: assetId }),
    actor: userRecord.key(caller),
  };
  const repriced = await deps.store.transact(reads, (items) => {
    const proposal = findPending(priceProposalRecord.readIfPresent(items.proposal), proposalId, now);
    const asset = assetRecord.readIfPresent(items.asset);
    if (!asset) throw new NotFoundError('The asset');
    return approve(asset, proposal, userRecord.readIfPresent(items.actor));
  });
  deps.catalogue.forget();
  deps.market.priceSet(repriced);
  return toAssetView(repriced, deps.market.livePrice(assetId));
}

/**
 * Drops a proposed price. Administrators reject any, everybody may withdraw their own.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403)
 */
export async function rejectPriceProposal(
  deps: InventoryDependencies,
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
 * Makes the decision to apply a proposal. The approver is read with it, since a token may be older than the loss of a
 * role.
 */
export function approval(deps: InventoryDependencies, caller: Caller, now: Date) {
  const auditWrite = auditWriter(deps, caller, 'approve_asset_price');
  return (asset: Asset, proposal: PriceProposal, approver: User | undefined): Decision<Asset> => {
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
      assetRecord.replace(repriced),
      { kind: 'delete', key: priceProposalRecord.key(asset) } as const,
      audit,
    ];
    return { writes, result: repriced };
  };
}
