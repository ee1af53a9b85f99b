import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { readSignedHops } from '@cnop/common/auth/gateway-hop';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { Session } from '@cnop/common/auth/session-rules';
import { createSessionChecker, sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { Funding } from '@cnop/common/config/funding-settings';
import type { InsightsProviderOptions } from '@cnop/common/config/insights-settings';
import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import { knownUsername } from '@cnop/common/core/brands';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { Item, Write } from '@cnop/common/database/table-store';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import type { Balance } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import type { TransferLimits } from '@cnop/common/entities/user/transfer-rules';
import type { User, UserRole, userSchema } from '@cnop/common/entities/user/user';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { aUser, BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime, createTestVerifier } from '@cnop/testing/test-runtime';
import type { z } from 'zod';
import { buildUserServiceApp } from '../src/app.ts';
import type { StreamLimits } from '../src/live/stream-limits.ts';

/** The lowest cost, so that tests do not wait for hashes. */
const TEST_BCRYPT_COST = 4;
/** Long enough for tests with many sign-ups at once. */
const TEST_MAX_QUEUED_HASHES = 500;
const FIRST_PAGE = { limit: 500 };

export const PASSWORD = BUILT_PASSWORD;

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Peer address of the connection. */
  readonly from?: string;
}

/** Members of response bodies that tests read; each route has some of them. */
export interface AnswerBody {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly code: string }[];
  readonly access_token: string;
  readonly refresh_token: string;
  readonly transaction_id: string;
  readonly next_cursor: string;
  readonly total_portfolio_value: string;
  readonly transactions: readonly { readonly transaction_id: string; readonly sequence: number }[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type UserServiceUnderTest = Awaited<ReturnType<typeof startUserService>>;

/** Starts the user service on a real store in a temporary folder, with a fake clock. */
export async function startUserService({
  bcryptCost = TEST_BCRYPT_COST,
  streamLimits = {},
  gatewaySecret,
  maxWaitingPasswords = TEST_MAX_QUEUED_HASHES,
  playMoney = { freeDeposits: true, demoAccounts: true },
  transferLimits = {},
  insightsProvider,
  tierLimits = {},
  funding = {},
  bus,
}: {
  readonly bcryptCost?: number;
  readonly streamLimits?: Partial<StreamLimits>;
  /** With it the service trusts only signed hops; without it the peer 127.0.0.1. */
  readonly gatewaySecret?: string;
  readonly playMoney?: PlayMoney;
  readonly transferLimits?: TransferLimits;
  readonly insightsProvider?: InsightsProviderOptions | undefined;
  readonly tierLimits?: TierLimits;
  readonly funding?: Partial<Funding>;
  readonly maxWaitingPasswords?: number;
  /** Instead of a bus within the process. */
  readonly bus?: MessageBus;
} = {}) {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock, ...(bus && { bus }) });
  const { store } = runtime;
  const passwords = createPasswordManager({ cost: bcryptCost, maxQueued: TEST_MAX_QUEUED_HASHES });
  let afterNextCheck = async (): Promise<void> => undefined;
  const publicKeys = runtime.signingKeys.publicKeys;
  const app = await buildUserServiceApp({
    ...runtime,
    ...(gatewaySecret !== undefined && {
      clientAddressOf: readSignedHops({ secrets: [gatewaySecret], clock, onRefusal: () => undefined }),
    }),
    passwords: {
      ...passwords,
      async verify(password, hash) {
        const verdict = await passwords.verify(password, hash);
        await afterNextCheck();
        return verdict;
      },
    },
    publicKeys,
    playMoney,
    transferLimits,
    insightsProvider,
    tierLimits,
    funding: { ...runtime.funding, ...funding },
    maxWaitingPasswords,
    streamLimits,
  });
  const others: (typeof app)[] = [];
  const audit = createAuditLogger(runtime);

  async function call(method: Method, url: string, { headers, body, from }: Call = {}): Promise<Answer> {
    const response = await app.inject({
      method,
      url,
      ...(from !== undefined && { remoteAddress: from }),
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return answerOf(response);
  }

  /** Stores an account without a request. */
  async function addUser(overrides: Partial<z.input<typeof userSchema>> = {}): Promise<User> {
    const user = aUser(overrides);
    const balance = emptyBalance(user.username, user.created_at);
    const writes = [userRecord.create(user), balanceRecord.create(balance)];
    return store.transact({}, () => ({ writes, result: user }));
  }

  /** Stores an account in the form of an earlier version, which had other rules and one field less. */
  async function addUserFromBefore(overrides: Partial<z.input<typeof userSchema>>): Promise<void> {
    const { last_login: _absent, ...user } = aUser(overrides);
    const writes: Write[] = [
      { kind: 'create', key: userRecord.key(user), attributes: user },
      emailClaimRecord.create(user),
      balanceRecord.create(emptyBalance(user.username, user.created_at)),
    ];
    await store.transact({}, () => ({ writes, result: undefined }));
  }

  return {
    app,
    clock,
    runtime,
    store,
    passwords,
    call,
    addUser,
    addUserFromBefore,

    /** Runs an action after the next password check and before the transaction that follows it. */
    afterPasswordCheck(action: () => Promise<void>): void {
      afterNextCheck = async () => {
        afterNextCheck = async () => undefined;
        await action();
      };
    },

    /** Stores an account and returns the headers of a session in it. */
    async signedIn(username = 'alice', role: UserRole = 'customer') {
      await addUser({ username, role });
      return runtime.signIn(username, role);
    },

    logIn: (username: string, password = PASSWORD, options: Omit<Call, 'body'> = {}) =>
      call('POST', '/auth/login', { ...options, body: { username, password } }),

    /** Starts a second instance on the same store, with caches of its own. */
    async anotherInstance() {
      const verifier = createTestVerifier(runtime);
      const sessions = createSessionChecker(runtime);
      const instance = await buildUserServiceApp({
        ...runtime,
        verifier,
        sessions,
        passwords,
        publicKeys,
        playMoney,
      });
      others.push(instance);
      return {
        async refresh(refresh_token: string): Promise<Answer> {
          return answerOf(
            await instance.inject({ method: 'POST', url: '/auth/refresh', payload: { refresh_token } }),
          );
        },
      };
    },

    async storedUser(username: string): Promise<User | undefined> {
      return userRecord.readIfPresent(await store.get(userRecord.key({ username: knownUsername(username) })));
    },

    async storedBalance(username: string): Promise<Balance | undefined> {
      return balanceRecord.readIfPresent(
        await store.get(balanceRecord.key({ username: knownUsername(username) })),
      );
    },

    async storedSessions(username: string): Promise<Session[]> {
      const { items } = await store.query({ ...sessionsOf(knownUsername(username)), ...FIRST_PAGE });
      return items.map(sessionRecord.read);
    },

    /** Returns the audit events of a user, newest first. */
    async eventsOf(username: string): Promise<AuditEvent[]> {
      return [...(await audit.byUser(knownUsername(username), FIRST_PAGE)).items];
    },

    async everyStoredItem(): Promise<Item[]> {
      const items: Item[] = [];
      for await (const item of store.scan('users')) items.push(item);
      return items;
    },

    async stop(): Promise<void> {
      await Promise.all([app, ...others].map((instance) => instance.close()));
      await passwords.close();
      await runtime.dispose();
    },
  };
}

type Injected = Awaited<ReturnType<Awaited<ReturnType<typeof buildUserServiceApp>>['inject']>>;

function answerOf(response: Injected): Answer {
  const { statusCode: status, body: text } = response;
  const isJson = String(response.headers['content-type']).includes('json');
  const answered: unknown = isJson ? response.json() : {};
  return { status, text, headers: response.headers, body: answered as AnswerBody };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Returns the error code of each field that a response rejects. */
export function fieldErrors({ body }: Answer): Record<string, string> {
  return Object.fromEntries(body.errors.map(({ field, code }) => [field, code]));
}

/** Returns the number of responses for each status. */
export function countByStatus(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
