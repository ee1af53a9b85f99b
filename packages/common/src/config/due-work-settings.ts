import { z } from 'zod';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { integerSetting } from './settings.ts';

const POLL_LIMITS = { min: 1, max: 3_600 };
/** Looking is free in a store of one's own; each look at a shared one is billed. */
const DEFAULT_OWN_SECONDS = 1;
const DEFAULT_SHARED_SECONDS = 15;

/** The settings of work that is done at a time. */
export const dueWorkSettings = z.object({
  /** How often a process looks for due work. */
  DUE_WORK_POLL_SECONDS: integerSetting(POLL_LIMITS).optional(),
});

/** Returns how often a process looks for due work, in milliseconds: the setting, or a default by the kind of store. */
export function dueWorkEveryMillisecondsOf(
  { DUE_WORK_POLL_SECONDS }: z.output<typeof dueWorkSettings>,
  { sharesStore }: { readonly sharesStore: boolean },
): number {
  const seconds = DUE_WORK_POLL_SECONDS ?? (sharesStore ? DEFAULT_SHARED_SECONDS : DEFAULT_OWN_SECONDS);
  return seconds * MILLISECONDS_PER_SECOND;
}
