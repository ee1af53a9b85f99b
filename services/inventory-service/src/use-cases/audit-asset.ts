import { auditEventOf } from '@cnop/common/auth/audit-event';
import type { Write } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export type AssetAction =
  | 'create_asset'
  | 'update_asset'
  | 'activate_asset'
  | 'deactivate_asset'
  | 'set_asset_price';

/** Fields whose values the log keeps; of the others it keeps that they changed. */
const RECORDED_FIELDS = new Set<keyof Asset>(['status', 'current_price', 'price_scale']);
const TIMES = new Set<keyof Asset>(['updated_at', 'last_price_update']);

/**
 * Makes the audit write of a change, to be called in the decision that makes the change: the id and the time of the
 * event are fixed before.
 */
export function auditWriter(
  { audit, clock, ids }: Pick<InventoryDependencies, 'audit' | 'clock' | 'ids'>,
  caller: Caller,
  action: AssetAction,
): (before: Asset | undefined, after: Asset) => Write {
  const id = ids.next();
  const now = clock.now();
  return (before, after) => {
    const { username, userAgent, requestId } = caller;
    const detail = { action, asset_id: after.asset_id, ...describe(before, after) };
    return audit.writeFor(
      auditEventOf(
        { type: 'admin_action', username, actor: username, userAgent, requestId, detail },
        id,
        now,
      ),
    );
  };
}

function describe(before: Asset | undefined, after: Asset): Record<string, string> {
  if (!before) return { status: after.status, current_price: after.current_price };
  const detail: Record<string, string> = {};
  const others: string[] = [];
  for (const field of Object.keys(after) as (keyof Asset)[]) {
    if (before[field] === after[field] || TIMES.has(field)) continue;
    if (RECORDED_FIELDS.has(field)) detail[field] = `${before[field]} -> ${after[field]}`;
    else others.push(field);
  }
  if (others.length > 0) detail['fields'] = others.join(', ');
  return detail;
}
