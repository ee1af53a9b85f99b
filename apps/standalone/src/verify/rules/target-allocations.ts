import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** Checks the assets and the sum of a target allocation. */
export function checkTargetAllocation(
  { key, entity }: StoredOf<'target allocation'>,
  catalogue: ReadonlyMap<string, unknown>,
): Violation[] {
  const { cash, assets } = entity;
  const wrong = (text: string): Violation => violation('target-allocation', [key], text);
  const found: Violation[] = [];
  const named = new Set<string>();
  let sum = decimal(cash);
  for (const { asset_id: assetId, percentage } of assets) {
    if (!catalogue.has(assetId)) found.push(wrong(`${assetId} is not in the catalogue.`));
    if (named.has(assetId)) found.push(wrong(`${assetId} is named twice.`));
    if (decimal(percentage).eq(ZERO)) found.push(wrong(`${assetId} has no share.`));
    named.add(assetId);
    sum = sum.plus(percentage);
  }
  if (!sum.eq('100')) found.push(wrong(`The percentages sum up to ${formatDecimal(sum)}.`));
  return found;
}
