import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession, startSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import { REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type {
  Decision,
  Item,
  ItemKey,
  ReadItems,
  TableStore,
  Write,
} from '@cnop/common/database/table-store';
import { UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import type { User } from '@cnop/common/entities/user/user';
import { AuthenticationError, ForbiddenError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { forgetSession, sessionReads } from './end-sessions.ts';
import type { TokenPair } from './session-tokens.ts';
import { issueTokens } from './session-tokens.ts';
import type { SignInItems } from './sign-in-failures.ts';
import { assertMayTry, openAttempt, prepareFailure, successWrites } from './sign-in-failures.ts';

type LogInDeps = EndSessionsDeps & Pick<UserDependencies, 'passwords' | 'passwordQueue' | 'tokens' | 'audit'>;

interface LogIn {
  readonly username: Username;
  readonly password: string;
  readonly origin: RequestOrigin;
}

type Outcome =
  | { readonly kind: 'wrong credentials' }
  | { readonly kind: 'not active' }
  | { readonly kind: 'signed in'; readonly user: User; readonly session: Session };

/**
 * Checks a password and starts a session.
 *
 * - An unknown user and a wrong password get the same response after the same work.
 * - The password is checked before the transaction, since hashing is slow. The transaction reads the user and the failures
 *   again: a suspension, a changed password or a lockout that was committed meanwhile wins.
 * - A success makes room for the new session: it deletes ended sessions and the oldest above the limit.
 * @throws RateLimitedError (429) after too many failures, or when the password queue is full
 * @throws AuthenticationError (401) for a wrong username or password
 * @throws ForbiddenError (403) for an account that is not active
 */
export async function logIn(deps: LogInDeps, command: LogIn): Promise<TokenPair> {
  const { username, password, origin } = command;
  const attempt = { username, origin };
  const { keys, user: known, isKnownNetwork } = await openAttempt(deps.store, attempt, deps.clock.now());
  const lane = isKnownNetwork ? 'known network' : 'sign-in';
  const check = () => checkPassword(deps.passwords, password, known);
  const proof = await deps.passwordQueue.run(lane, origin.address, check);
  const now = deps.clock.now();
  const surplus = proof ? await findSurplusSessions(deps.store, username, now) : [];
  const decide = prepareDecision(deps, { ...command, proof, now, isKnown: known !== undefined });
  const outcome = await deps.store.transact(
    { ...sessionReads(surplus), ...keys },
    (items: Readonly<Record<string, Item | undefined>>) => {
      assertMayTry(items, attempt, now);
      const { writes, result } = decide(items['user'], items);
      const tidied = result.kind === 'signed in' ? deleteSessions(surplus, items) : [];
      return { writes: [...writes, ...tidied], result };
    },
  );

  if (outcome.kind === 'wrong credentials') throw new AuthenticationError('Username or password is wrong.');
  if (outcome.kind === 'not active') throw new ForbiddenError('This account is not active.');
  for (const { session_id } of surplus) forgetSession(deps, session_id);
  return issueTokens(deps.tokens, outcome.user, outcome.session);
}

/** Proof that a password matched a hash, and the hash to store from now on. */
interface PasswordProof {
  readonly checkedHash: string;
  readonly hashToStore: string;
}

async function checkPassword(
  passwords: PasswordManager,
  password: string,
  user: User | undefined,
): Promise<PasswordProof | undefined> {
  const { isRight, isOutdated } = await passwords.verify(password, user?.password_hash);
  if (!user || !isRight) return undefined;
  const checkedHash = user.password_hash;
  return { checkedHash, hashToStore: isOutdated ? await passwords.hash(password) : checkedHash };
}

interface LogInFacts extends LogIn {
  readonly proof: PasswordProof | undefined;
  readonly now: Date;
  readonly isKnown: boolean;
}

/** Makes ids, times and events before the transaction, whose decision is pure. */
function prepareDecision({ ids, audit }: LogInDeps, facts: LogInFacts) {
  const { username, origin, proof, now, isKnown } = facts;
  const subject = isKnown ? username : UNKNOWN_SUBJECT;
  const failureWrites = prepareFailure(audit, { username, subject, origin }, now);
  const refusal = audit.eventOf({
    type: 'login_failure',
    username: subject,
    ...origin,
    detail: { reason: 'account not active' },
  });
  const login = audit.eventOf({
    type: 'login',
    username: subject,
    actor: isKnown ? username : null,
    ...origin,
  });
  const session = startSession({
    id: ids.next(),
    username,
    now,
    lifetimeSeconds: REFRESH_LIFETIME_SECONDS,
    userAgent: origin.userAgent,
    address: origin.address,
  });

  return (userItem: Item | undefined, items: SignInItems): Decision<Outcome> => {
    const user = userRecord.readIfPresent(userItem);
    if (!user || !proof || user.password_hash !== proof.checkedHash) {
      return { writes: failureWrites(items), result: { kind: 'wrong credentials' } };
    }
    if (user.status !== 'active') {
      return { writes: [audit.writeFor(refusal)], result: { kind: 'not active' } };
    }
    const signedIn = { ...user, password_hash: proof.hashToStore, last_login: isoTime(now) };
    const writes: Write[] = [
      userRecord.replace(signedIn),
      sessionRecord.create(session),
      audit.writeFor(login),
      ...successWrites(items, { username, origin }, now),
    ];
    return { writes, result: { kind: 'signed in', user: signedIn, session } };
  };
}

/** Live sessions of one user; a further sign-in ends the oldest. */
const MAX_SESSIONS_PER_USER = 20;
/** Sessions that one sign-in may delete, since the store limits the items of a transaction. */
const MAX_SESSIONS_CONSIDERED = 60;

/**
 * Finds the sessions to delete for a new one: ended sessions, and the oldest above the limit. Concurrent sign-ins may leave
 * one too many each; the next sign-in deletes it.
 */
async function findSurplusSessions(store: TableStore, username: Username, now: Date): Promise<Session[]> {
  const page = await store.query({ ...sessionsOf(username), limit: MAX_SESSIONS_CONSIDERED });
  const sessions = page.items.map(sessionRecord.read);
  const live = sessions.filter((session) => isLiveSession(session, now));
  const ended = sessions.filter((session) => !isLiveSession(session, now));
  return [...ended, ...live.slice(0, Math.max(0, live.length + 1 - MAX_SESSIONS_PER_USER))];
}

/** Returns the deletions of sessions that were read under `sessionReads`; absent ones need none. */
function deleteSessions(sessions: readonly Session[], items: ReadItems<Record<string, ItemKey>>): Write[] {
  return Object.keys(sessionReads(sessions)).flatMap((name) => {
    const item = items[name];
    return item ? [{ kind: 'delete', key: item.key } as const] : [];
  });
}
