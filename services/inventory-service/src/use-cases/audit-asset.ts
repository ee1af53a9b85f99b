import { withChanges } from '@cnop/common/auth/audit-event';
import type { AssetId } from '@cnop/common/core/brands';
import type { Write } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { AuditChange } from '@cnop/common/entities/user/audit-event';
import type { Caller, InventoryDependencies } from './dependencies.ts';

/** The kinds of change in the audit log. */
export type AssetAction =
  | 'create_asset'
  | 'update_asset'
  | 'activate_asset'
  | 'deactivate_asset'
  | 'set_asset_price'
  | 'propose_asset_price'
  | 'approve_asset_price'
  | 'reject_asset_price';

/** Fields that change with every price or edit; the audit log leaves them out. */
const UNAUDITED_FIELDS = new Set<string>([
  'created_at',
  'updated_at',
  'last_price_update',
  'quote_seq',
  'price_suspended',
  'price_sheet',
  'delisted_at',
]);

/** The change of one asset, as the audit log records it. */
export interface AuditedChange {
  readonly assetId: AssetId;
  readonly changes: readonly AuditChange[];
  /** Further details, such as `proposed_by`. */
  readonly facts?: Readonly<Record<string, string>>;
}

/**
 * Returns a function that makes the audit write of a change. Call that function in the pure decision of the transaction:
 * the id and the time of the event are fixed before.
 */
export function auditWriter(
  { audit }: Pick<InventoryDependencies, 'audit'>,
  { username, origin }: Caller,
  action: AssetAction,
): (change: AuditedChange) => Write {
  const event = audit.eventOf({ type: 'admin_action', username, actor: username, ...origin });
  return ({ assetId, changes, facts = {} }) =>
    audit.writeFor(withChanges({ ...event, detail: { action, asset_id: assetId, ...facts } }, changes));
}

/** Lists the fields that differ, in the order of the asset. Of a new asset it lists the fields that have a value. */
export function assetChanges(before: Asset | undefined, after: Asset): AuditChange[] {
  return Object.keys(after)
    .filter((field) => !UNAUDITED_FIELDS.has(field))
    .map((field) => ({
      field,
      before: formatValue(before?.[field as keyof Asset]),
      after: formatValue(after[field as keyof Asset]),
    }))
    .filter((change) => change.before !== change.after);
}

function formatValue(value: Asset[keyof Asset] | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
