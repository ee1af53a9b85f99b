import type { AssetStatus } from '@cnop/common/entities/inventory/asset';
import type { BadgeTone } from './badge.tsx';
import { Badge } from './badge.tsx';

export const STATUS_NAMES: Readonly<Record<AssetStatus, string>> = {
  active: 'Active',
  cancel_only: 'Cancel only',
  close_only: 'Sell only',
  suspended: 'Suspended',
  delisted: 'Delisted',
};

export const STATUS_TONES: Readonly<Record<AssetStatus, BadgeTone>> = {
  active: 'gain',
  cancel_only: 'neutral',
  close_only: 'warn',
  suspended: 'warn',
  delisted: 'loss',
};

/** What may be done with an asset; nothing for one that is open for everything. */
export function AssetStatusBadge({ status }: { readonly status: AssetStatus }) {
  return status === 'active' ? null : <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>;
}
