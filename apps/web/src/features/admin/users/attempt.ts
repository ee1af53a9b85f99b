import type { Adjustment } from '../../../api/admin/adjust-balance.ts';

/** One adjustment that somebody wants, under the key by which the server knows it again. */
export interface Attempt {
  readonly adjustment: Adjustment;
  readonly key: string;
}

/**
 * The attempt behind a press of the button: the unsettled one when the same is wanted again, so that it takes effect
 * once; another adjustment gets another key.
 * @param unsettled the last attempt, when its outcome is not known
 */
export function attemptOf(adjustment: Adjustment, unsettled: Attempt | undefined, newKey: string): Attempt {
  const isSame =
    unsettled?.adjustment.amount === adjustment.amount &&
    unsettled.adjustment.description === adjustment.description;
  return isSame ? unsettled : { adjustment, key: newKey };
}
