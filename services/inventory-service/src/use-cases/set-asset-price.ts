import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { manualMovesRecord, priceProposalRecord } from '@cnop/common/dao/inventory/price-proposal-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { ManualMoves, PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import type { User } from '@cnop/common/entities/user/user';
import { NotFoundError } from '@cnop/exception/errors';
import { reprice } from '../domain/asset-rules.ts';
import { toAssetView } from '../domain/asset-view.ts';
import { addManualMove, isPending, needsSecondAdministrator, proposePrice } from '../domain/manual-price.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import { approval } from './decide-price-proposal.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface SetAssetPriceCommand {
  readonly caller: Caller;
  readonly assetId: string;
  /** USD per unit. */
  readonly price: string;
  /** Asks for a step that is too large for one person: the first to send it proposes, a second one approves. */
  readonly force: boolean;
}

/** `proposed`: nothing changed yet, a second administrator has to approve. */
export type PriceOutcome =
  | { readonly kind: 'set'; readonly asset: AssetResponse }
  | { readonly kind: 'proposed'; readonly proposal: PriceProposal };

/** What a decision about a manual price reads beside the asset. */
interface PriceState {
  readonly moves: ManualMoves | undefined;
  readonly stored: PriceProposal | undefined;
  readonly actor: User | undefined;
}

type Decided =
  | { readonly kind: 'set'; readonly asset: Asset }
  | { readonly kind: 'proposed'; readonly proposal: PriceProposal };

/**
 * Sets the price at which an asset trades from now on. A step that is larger than one person may make is refused, or,
 * with `force`, proposed to a second administrator, who approves it by sending the same.
 * @throws NotFoundError (404)
 * @throws ValidationError (422) when the price has more fraction digits than the asset's `price_scale`, or the step is
 *   too large and not forced
 * @throws StateConflictError (409) while another proposal of the asset is pending
 */
export async function setAssetPrice(
  deps: InventoryDependencies,
  command: SetAssetPriceCommand,
): Promise<PriceOutcome> {
  const { assetId, caller } = command;
  const decide = priceDecision(deps, command);
  const reads = {
    asset: assetRecord.key({ asset_id: assetId }),
    moves: manualMovesRecord.key({ asset_id: assetId }),
    proposal: priceProposalRecord.key({ asset_id: assetId }),
    actor: userRecord.key(caller),
  };
  const decided = await deps.store.transact(reads, (items): Decision<Decided> => {
    const asset = assetRecord.readIfPresent(items.asset);
    if (!asset) throw new NotFoundError('The asset');
    return decide(asset, {
      moves: manualMovesRecord.readIfPresent(items.moves),
      stored: priceProposalRecord.readIfPresent(items.proposal),
      actor: userRecord.readIfPresent(items.actor),
    });
  });
  if (decided.kind === 'proposed') return decided;
  deps.catalogue.forget();
  deps.market.priceSet(decided.asset);
  return { kind: 'set', asset: toAssetView(decided.asset, deps.market.livePrice(assetId)) };
}

/** Everything that has an id or a time is made here, before the decision. */
function priceDecision(deps: InventoryDependencies, command: SetAssetPriceCommand) {
  const { caller, price, force } = command;
  const limitPercent = deps.manualPriceMaxPercent;
  const now = deps.clock.now();
  const proposalId = deps.ids.next();
  const auditSet = auditWriter(deps, caller, 'set_asset_price');
  const auditProposed = auditWriter(deps, caller, 'propose_asset_price');
  const approve = approval(deps, caller, now);

  return (asset: Asset, { moves, stored, actor }: PriceState): Decision<Decided> => {
    const repriced = reprice(asset, price, now);
    const moved = addManualMove({ asset, moves, price, limitPercent, now });
    if (moved) {
      const audit = auditSet({ assetId: asset.asset_id, changes: assetChanges(asset, repriced) });
      const writes = [assetRecord.replace(repriced), manualMovesRecord.replace(moved), audit];
      return { writes, result: { kind: 'set', asset: repriced } };
    }
    if (!force) throw needsSecondAdministrator(limitPercent);
    const isSame = stored && isPending(stored, now) && stored.price === price;
    if (isSame && stored.proposed_by === caller.username) {
      return { writes: [], result: { kind: 'proposed', proposal: stored } };
    }
    if (isSame) {
      const approved = approve(asset, stored, actor);
      return { writes: approved.writes, result: { kind: 'set', asset: approved.result } };
    }
    const proposal = proposePrice(asset, stored, { proposalId, price, by: caller.username, now });
    const changes = [{ field: 'current_price', before: asset.current_price, after: price }];
    const audit = auditProposed({ assetId: asset.asset_id, changes });
    return { writes: [priceProposalRecord.replace(proposal), audit], result: { kind: 'proposed', proposal } };
  };
}
