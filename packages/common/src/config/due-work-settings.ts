import { z } from 'zod';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { integerSetting } from './settings.ts';

const POLL_LIMITS = { min: 1, max: 3_600 };
/** Looking is free in a store of one's own; each look at a shared one is billed. */
const DEFAULT_OWN_SECONDS = 1;
const DEFAULT_SHARED_SECONDS = 60;
/** A pass of the house book reads the balance of every user. */
const PASS_LIMITS = { min: 1, max: 86_400 };
const DEFAULT_OWN_PASS_SECONDS = 10;
const DEFAULT_SHARED_PASS_SECONDS = 300;

/** The settings of work that is done at a time. */
export const dueWorkSettings = z.object({
  /** How often a process looks for due work. */
  DUE_WORK_POLL_SECONDS: integerSetting(POLL_LIMITS).optional(),
  /** The pause between two passes of the house book. */
  HOUSE_BOOK_SECONDS: integerSetting(PASS_LIMITS).optional(),
});

/** How often work is looked for, and the pause between its runs. */
export interface DueWorkPace {
  readonly everyMilliseconds: number;
  /** Between two passes of the house book. */
  readonly houseBookSeconds: number;
}

/** Returns the pace of due work: the settings, or defaults by the kind of store. */
export function dueWorkPaceOf(
  { DUE_WORK_POLL_SECONDS, HOUSE_BOOK_SECONDS }: z.output<typeof dueWorkSettings>,
  { sharesStore }: { readonly sharesStore: boolean },
): DueWorkPace {
  const seconds = DUE_WORK_POLL_SECONDS ?? (sharesStore ? DEFAULT_SHARED_SECONDS : DEFAULT_OWN_SECONDS);
  return {
    everyMilliseconds: seconds * MILLISECONDS_PER_SECOND,
    houseBookSeconds:
      HOUSE_BOOK_SECONDS ?? (sharesStore ? DEFAULT_SHARED_PASS_SECONDS : DEFAULT_OWN_PASS_SECONDS),
  };
}
