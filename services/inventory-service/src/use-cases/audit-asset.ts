import { withChanges } from '@cnop/common/auth/audit-event';
import type { Write } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { AuditChange } from '@cnop/common/entities/user/audit-event';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export type AssetAction =
  | 'create_asset'
  | 'update_asset'
  | 'activate_asset'
  | 'deactivate_asset'
  | 'set_asset_price'
  | 'propose_asset_price'
  | 'approve_asset_price'
  | 'reject_asset_price';

const TIMES = new Set<string>([
  'created_at',
  'updated_at',
  'last_price_update',
  'quote_seq',
  'price_suspended',
  'delisted_at',
]);

export interface AuditedChange {
  readonly assetId: string;
  readonly changes: readonly AuditChange[];
  /** What else is worth knowing, such as who proposed a price. */
  readonly facts?: Readonly<Record<string, string>>;
}

/**
 * Makes the audit write of a change, to be called in the decision that makes the change: the id and the time of the
 * event are fixed before.
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

/** Lists the fields that differ, in the order of the asset; of a new asset, those that have a value. */
export function assetChanges(before: Asset | undefined, after: Asset): AuditChange[] {
  return Object.keys(after)
    .filter((field) => !TIMES.has(field))
    .map((field) => ({
      field,
      before: textOf(before?.[field as keyof Asset]),
      after: textOf(after[field as keyof Asset]),
    }))
    .filter((change) => change.before !== change.after);
}

function textOf(value: Asset[keyof Asset] | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
