import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { networkOf } from '@cnop/common/auth/client-address';
import { addSeconds, epochSeconds } from '@cnop/common/core/clock';
import { defineRecord } from '@cnop/common/dao/record';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
import { timestampSchema } from '@cnop/common/entities/fields';
import { RateLimitedError } from '@cnop/exception/errors';
import { z } from 'zod';
import {
  addFailure,
  MAX_SIGN_IN_FAILURES,
  SIGN_IN_FAILURE_WINDOW_SECONDS,
  secondsUntilNextTry,
} from '../domain/sign-in-lockout.ts';

// Kept in the store, so that the limit holds over all processes and through a restart; and for each network by
// itself, so that a stranger cannot lock an owner out.

const signInFailuresSchema = z.object({
  username: z.string(),
  network: z.string(),
  /** Oldest first. */
  failed_at: z.array(timestampSchema).min(1).max(MAX_SIGN_IN_FAILURES).readonly(),
});
type SignInFailures = z.infer<typeof signInFailuresSchema>;

const signInFailuresRecord = defineRecord<SignInFailures, Pick<SignInFailures, 'username' | 'network'>>({
  table: 'users',
  schema: signInFailuresSchema,
  key: ({ username, network }) => ({ pk: username, sk: `LOGINFAIL#${network}` }),
  expiresAtEpochSeconds: ({ failed_at }) =>
    epochSeconds(addSeconds(new Date(failed_at.at(-1) ?? 0), SIGN_IN_FAILURE_WINDOW_SECONDS)),
});

/** Whose password was tried, and from where. */
export interface SignInAttempt {
  readonly username: string;
  /** How the audit log names the account; what was typed for an unknown one is not recorded. */
  readonly subject: string;
  readonly origin: RequestOrigin;
}

export function signInFailuresKey(username: string, origin: RequestOrigin): ItemKey {
  return signInFailuresRecord.key({ username, network: networkOf(origin.address) });
}

/** @throws RateLimitedError (429) after too many failures for this account from this network */
export function assertNotLockedOut(failures: Item | undefined, now: Date): void {
  const seconds = secondsUntilNextTry(signInFailuresRecord.readIfPresent(failures)?.failed_at ?? [], now);
  if (seconds > 0) throw new RateLimitedError(seconds, 'Too many failed sign-ins. Please wait.');
}

/**
 * Prepares what a wrong password writes: the count, the event, and one more event when it locks the account for
 * this network. Prepared before the transaction, since events have ids and times.
 */
export function prepareFailure(
  audit: AuditLogger,
  { username, subject, origin }: SignInAttempt,
  now: Date,
): (failures: Item | undefined) => Write[] {
  const failure = audit.eventOf({ type: 'login_failure', username: subject, ...origin });
  const lockout = audit.eventOf({ type: 'lockout', username: subject, ...origin });
  return (item) => {
    const failed_at = addFailure(signInFailuresRecord.readIfPresent(item)?.failed_at ?? [], now);
    const counted = signInFailuresRecord.replace({ username, network: networkOf(origin.address), failed_at });
    const isLockout = secondsUntilNextTry(failed_at, now) > 0;
    return [counted, audit.writeFor(failure), ...(isLockout ? [audit.writeFor(lockout)] : [])];
  };
}

/** What a right password writes: the count starts anew. */
export function clearFailures(item: Item | undefined): Write[] {
  return item ? [{ kind: 'delete', key: item.key }] : [];
}
