import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { ManualMoves, PriceProposal } from '../../entities/inventory/price-proposal.ts';
import { manualMovesSchema, priceProposalSchema } from '../../entities/inventory/price-proposal.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** Longer than any window of the limit, so that an absent item means no moves. */
const MOVES_RETENTION_SECONDS = 24 * 60 * 60;

/** The pending proposal of an asset, at most one. Its approval or rejection deletes it. */
export const priceProposalRecord = defineRecord<PriceProposal, Pick<PriceProposal, 'asset_id'>>({
  table: 'inventory',
  schema: priceProposalSchema,
  key: ({ asset_id }) => ({ pk: KEYS.inventory.priceProposal.pk, sk: asset_id }),
  expiresAtEpochSeconds: ({ expires_at }) => epochSeconds(new Date(expires_at)),
});

/** The recent moves of an asset's manual price. */
export const manualMovesRecord = defineRecord<ManualMoves, Pick<ManualMoves, 'asset_id'>>({
  table: 'inventory',
  schema: manualMovesSchema,
  key: ({ asset_id }) => ({ pk: asset_id, sk: KEYS.inventory.manualMoves.sk }),
  expiresAtEpochSeconds: ({ at }) => epochSeconds(addSeconds(new Date(at), MOVES_RETENTION_SECONDS)),
});

/** Returns all stored proposals, by asset. Some may have expired. */
export async function readPriceProposals(store: TableStore): Promise<PriceProposal[]> {
  return readAll(
    store,
    { table: 'inventory', pk: KEYS.inventory.priceProposal.pk, order: 'ascending' },
    priceProposalRecord.read,
  );
}
