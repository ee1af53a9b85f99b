import type { AirdropStatus } from '@cnop/common/entities/asset/airdrop';
import type { AirdropStep, ShownAirdrop } from '../../../api/admin/airdrops.ts';
import { formatCount } from '../../../format/numbers.ts';
import type { BadgeTone } from '../../../ui/badge.tsx';

export const AIRDROP_STATUS_NAMES: Readonly<Record<AirdropStatus, string>> = {
  proposed: 'Awaits approval',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  cancelled: 'Cancelled',
};

export const AIRDROP_STATUS_TONES: Readonly<Record<AirdropStatus, BadgeTone>> = {
  proposed: 'warn',
  running: 'accent',
  paused: 'warn',
  completed: 'gain',
  cancelled: 'neutral',
};

/** What is said after each step. */
export const STEP_DONE: Readonly<Record<AirdropStep, string>> = {
  approve: 'The airdrop is approved',
  reject: 'The airdrop is rejected',
  pause: 'The airdrop is paused',
  resume: 'The airdrop goes on',
  cancel: 'The airdrop is cancelled',
};

/** Returns a number of users in words, such as `1 user`. */
export function usersInWords(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
}

/** Returns the progress of the job in one sentence. */
export function progressSentence({
  handled,
  recipients,
  posted,
  skipped,
  failed,
}: Pick<ShownAirdrop, 'handled' | 'recipients' | 'posted' | 'skipped' | 'failed'>): string {
  const parts = [
    `${formatCount(posted)} got their units`,
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ];
  return `${formatCount(handled)} of ${formatCount(recipients)} done: ${parts.join(', ')}.`;
}
