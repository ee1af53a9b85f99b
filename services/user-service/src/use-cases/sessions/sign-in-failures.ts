import { createHash } from 'node:crypto';
import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { neighbourhoodOf, networkOf } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import { addSeconds, epochSeconds } from '@cnop/common/core/clock';
import { defineRecord } from '@cnop/common/dao/record';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Item, ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import { KEYS } from '@cnop/common/database/tables';
import { timestampSchema } from '@cnop/common/entities/fields';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import type { User } from '@cnop/common/entities/user/user';
import { RateLimitedError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { SignInHistory } from '../../domain/sign-in-limits.ts';
import {
  addFailure,
  historyExpiry,
  isKnownNetwork,
  MAX_COUNTED_FAILURES,
  MAX_KNOWN_NETWORKS,
  MAX_SIGN_IN_FAILURES,
  NO_SIGN_INS,
  SIGN_IN_FAILURE_WINDOW_SECONDS,
  secondsUntilNextGuess,
  secondsUntilNextTry,
  UNDELAYED_FAILURES,
  withFailure,
  withSuccess,
} from '../../domain/sign-in-limits.ts';

// Failures are kept in the store, so the limits hold over all instances and through a restart. Each network may fail a few
// times in some minutes. Guesses from many networks are slowed down for the account as a whole, except from networks that
// its user signed in from, so that an attacker cannot lock the user out.

const NETWORK_HASH_LENGTH = 22;

const signInFailuresSchema = z.object({
  username: z.string().brand<'Username'>(),
  network: z.string(),
  /** Oldest first. */
  failed_at: z.array(timestampSchema).min(1).max(MAX_SIGN_IN_FAILURES).readonly(),
});
type SignInFailures = z.infer<typeof signInFailuresSchema>;

const signInFailuresRecord = defineRecord<SignInFailures, Pick<SignInFailures, 'username' | 'network'>>({
  table: 'users',
  schema: signInFailuresSchema,
  key: ({ username, network }) => ({ pk: username, sk: KEYS.users.signInFailures.skPrefix + network }),
  expiresAtEpochSeconds: ({ failed_at }) =>
    epochSeconds(addSeconds(new Date(failed_at.at(-1) ?? 0), SIGN_IN_FAILURE_WINDOW_SECONDS)),
});

const signInHistorySchema = z.object({
  username: z.string().brand<'Username'>(),
  failures: z.int().min(0).max(MAX_COUNTED_FAILURES),
  failed_at: timestampSchema.nullable(),
  known_networks: z
    .array(z.object({ network_hash: z.string(), seen_at: timestampSchema }))
    .max(MAX_KNOWN_NETWORKS)
    .readonly(),
});

const signInHistoryRecord = defineRecord<
  z.infer<typeof signInHistorySchema>,
  { readonly username: Username }
>({
  table: 'users',
  schema: signInHistorySchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.signInHistory.sk }),
  expiresAtEpochSeconds: (history) => epochSeconds(historyExpiry(history)),
});

/** The account whose password is tried, and the origin of the request. */
interface SignInAttempt {
  readonly username: Username;
  readonly origin: RequestOrigin;
}

/** The items that an attempt reads, from a transaction or a batch. */
export interface SignInItems {
  readonly failures?: Item | undefined;
  readonly history?: Item | undefined;
}

/** The state of an account before a password is checked. */
interface OpenedAttempt {
  /** Keys for the transaction that decides: the user and what limits further attempts. */
  readonly keys: { readonly user: ItemKey; readonly failures: ItemKey; readonly history: ItemKey };
  readonly user: User | undefined;
  /** Whether the user has signed in from this network before. */
  readonly isKnownNetwork: boolean;
}

/**
 * Reads the user of an attempt and checks that a password may be tried.
 * @throws RateLimitedError (429) after too many failures
 */
export async function openAttempt(
  store: TableStore,
  attempt: SignInAttempt,
  now: Date,
): Promise<OpenedAttempt> {
  const { username, origin } = attempt;
  const keys = {
    user: userRecord.key({ username }),
    failures: signInFailuresRecord.key({ username, network: networkOf(origin.address) }),
    history: signInHistoryRecord.key({ username }),
  };
  const [user, failures, history] = await store.batchGet([keys.user, keys.failures, keys.history]);
  assertMayTry({ failures, history }, attempt, now);
  return {
    keys,
    user: userRecord.readIfPresent(user),
    isKnownNetwork: isKnownNetwork(readHistory(history), hashNetwork(attempt), now),
  };
}

/** @throws RateLimitedError (429) after too many failures for this account, from this network or from all networks */
export function assertMayTry({ failures, history }: SignInItems, attempt: SignInAttempt, now: Date): void {
  const failedAt = signInFailuresRecord.readIfPresent(failures)?.failed_at ?? [];
  const seconds = Math.max(
    secondsUntilNextTry(failedAt, now),
    secondsUntilNextGuess(readHistory(history), hashNetwork(attempt), now),
  );
  if (seconds > 0) throw new RateLimitedError(seconds, 'Too many failed sign-ins. Please wait.');
}

/**
 * Prepares the writes of a wrong password: the counts, the audit event, and another one when the failure locks the account
 * for this network or starts to slow it down for unknown networks. Call it before the transaction, since events have ids.
 * @param attempt its `subject` is the account as the audit log names it: an unknown username is not recorded
 */
export function prepareFailure(
  audit: AuditLogger,
  { username, origin, subject }: SignInAttempt & { readonly subject: AuditEvent['username'] },
  now: Date,
): (items: SignInItems) => Write[] {
  const failure = audit.eventOf({ type: 'login_failure', username: subject, ...origin });
  const lockout = audit.eventOf({ type: 'lockout', username: subject, ...origin });
  const slowDown = audit.eventOf({
    type: 'lockout',
    username: subject,
    ...origin,
    detail: { scope: 'unknown networks' },
  });
  return (items) => {
    const history = withFailure(readHistory(items.history), now);
    const failed_at = addFailure(signInFailuresRecord.readIfPresent(items.failures)?.failed_at ?? [], now);
    const isLockout = secondsUntilNextTry(failed_at, now) > 0;
    const isSlowedDown = history.failures === UNDELAYED_FAILURES;
    return [
      signInFailuresRecord.replace({ username, network: networkOf(origin.address), failed_at }),
      signInHistoryRecord.replace({ username, ...history }),
      audit.writeFor(failure),
      ...(isLockout ? [audit.writeFor(lockout)] : []),
      ...(isSlowedDown ? [audit.writeFor(slowDown)] : []),
    ];
  };
}

/** Returns the writes of a right password: the network's failures are reset, and the network is known from now on. */
export function successWrites(
  { failures, history }: SignInItems,
  attempt: SignInAttempt,
  now: Date,
): Write[] {
  const remembered = withSuccess(readHistory(history), hashNetwork(attempt), now);
  return [
    signInHistoryRecord.replace({ username: attempt.username, ...remembered }),
    ...(failures ? [{ kind: 'delete', key: failures.key } as const] : []),
  ];
}

function readHistory(item: Item | undefined): SignInHistory {
  return signInHistoryRecord.readIfPresent(item) ?? NO_SIGN_INS;
}

/** Hashes a network for one account: the same network of two accounts has two hashes in the store. */
function hashNetwork({ username, origin }: SignInAttempt): string {
  return createHash('sha256')
    .update(`${username}\n${neighbourhoodOf(origin.address)}`)
    .digest('base64url')
    .slice(0, NETWORK_HASH_LENGTH);
}
