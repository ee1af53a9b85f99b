import { availableParallelism } from 'node:os';
import { InternalError, RateLimitedError, UnavailableError, ValidationError } from '@cnop/exception/errors';
import { MAX_PASSWORD_BYTES, normalizePassword } from '../entities/user/user.ts';
import { createSemaphore } from '../scheduling/semaphore.ts';
import type { PasswordAttempt, PasswordResult, PasswordTask, VerifyTask } from './password-messages.ts';
import type { PasswordProcessExit, PasswordWorker } from './password-worker.ts';
import { openPasswordWorker } from './password-worker.ts';

/** Cost 12 takes about 0.2 s of one core. */
const DEFAULT_BCRYPT_COST = 12;
const MIN_BCRYPT_COST = 4;
/** With a higher cost a single hash takes seconds. */
const MAX_BCRYPT_COST = 16;
/** Hashes that may wait for a thread. At cost 12 and one thread, the last one waits about 7 s. */
const MAX_QUEUED_HASHES = 32;
/** The time limit of a hash, including the start of the process. */
const HASH_TIMEOUT_MILLISECONDS = 10_000;
/** `Retry-After` when the queue is full. */
const RETRY_AFTER_SECONDS = 2;
/** Sign-ins must leave cores to orders. */
const MAX_HASH_THREADS = 4;

const BCRYPT_HASH_PATTERN = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Salt and digest of random bytes, which match no known password. */
const UNMATCHED_SALT_AND_DIGEST = 'JhqYFy2UpAzqtHSIZ/OSbuvJlCQPOOHAPJLyBLpBOFd5u95of/5Bm';

/** The cost of a hash and the limits of the password process. */
export interface PasswordManagerOptions {
  /** Base-2 logarithm of the rounds, 4-16. */
  readonly cost?: number;
  /** Concurrent hashes, 1-4. */
  readonly concurrency?: number;
  readonly maxQueued?: number;
  readonly timeoutMilliseconds?: number;
  /** Called when the password process ends unexpectedly. */
  readonly onProcessExit?: (exit: PasswordProcessExit) => void;
}

/** The result of checking a password. */
export interface PasswordVerdict {
  readonly isRight: boolean;
  /**
   * True when the hash should be replaced: its cost is lower than today's, or it is of the password as typed instead of
   * the normalized one.
   */
  readonly isOutdated: boolean;
}

/** Hashes and checks passwords. */
export interface PasswordManager {
  /** The number of concurrent hashes; more have to wait. */
  readonly concurrency: number;

  /**
   * Hashes a password with bcrypt (`$2b$`, 60 characters), in its NFKC form, which is the same on every keyboard.
   * @throws ValidationError (422) when the password is longer than 72 bytes or contains a NUL, since bcrypt would
   * ignore a part of it
   * @throws RateLimitedError (429) when the queue is full
   * @throws UnavailableError (503) when the password process dies or takes too long
   */
  hash(password: string): Promise<string>;

  /**
   * Checks a password against a stored hash, or against none for an unknown user. A failure takes the same time for
   * every cost of the hash and for an unknown user.
   * @throws RateLimitedError (429) and UnavailableError (503) as `hash`
   */
  verify(password: string, hash: string | undefined): Promise<PasswordVerdict>;

  /** Returns the id of the running password process, to count its CPU time with that of the service. */
  processId(): number | undefined;

  /** Ends the password process; waiting calls fail with UnavailableError (503). */
  close(): Promise<void>;
}

/**
 * Creates a password manager. It hashes in a separate process, which the first use starts.
 * @throws RangeError when an option is out of range
 */
export function createPasswordManager(options: PasswordManagerOptions = {}): PasswordManager {
  const cost = inRange('cost', options.cost ?? DEFAULT_BCRYPT_COST, MIN_BCRYPT_COST, MAX_BCRYPT_COST);
  const concurrency = inRange(
    'concurrency',
    options.concurrency ?? defaultConcurrency(),
    1,
    MAX_HASH_THREADS,
  );
  const runner = createRunner({ ...options, concurrency });
  // Hashes with a higher, earlier cost take longer. From the first one on, a failure takes as long for unknown users.
  let failureCost = cost;

  return {
    concurrency,
    async hash(typed) {
      const password = normalizePassword(typed);
      if (!isHashable(password)) {
        throw ValidationError.ofField('password', `At most ${MAX_PASSWORD_BYTES} bytes, none of them zero.`);
      }
      return String(await runner.run({ kind: 'hash', password, cost }));
    },
    async verify(typed, hash) {
      const storedCost = hash === undefined ? undefined : costOf(hash);
      failureCost = Math.max(failureCost, storedCost ?? 0);
      const forms = formsOf(typed);
      const position = await runner.run(verifyTask(forms, hash, storedCost ?? failureCost, failureCost));
      const matching = typeof position === 'number' ? forms[position] : undefined;
      const isRight = hash !== undefined && matching !== undefined && isHashable(matching);
      const isWeak = storedCost !== undefined && storedCost < cost;
      const isRaw = matching !== forms[0];
      return { isRight, isOutdated: isRight && isHashable(forms[0]) && (isWeak || isRaw) };
    },
    processId: () => runner.processId(),
    close: () => runner.close(),
  };
}

/** Returns the forms of a password to try: normalized, as hashed today, and as typed, as hashed by earlier versions. */
function formsOf(typed: string): readonly [string, ...string[]] {
  const normalized = normalizePassword(typed);
  return normalized === typed ? [typed] : [normalized, typed];
}

/**
 * Builds a task in which a failure takes 2^failureCost rounds for each form:
 * 2^c + (2^c + 2^(c+1) + ... + 2^(failureCost-1)).
 * @param hash hash of the user; without one, a hash that matches no password
 */
function verifyTask(
  forms: readonly string[],
  hash: string | undefined,
  hashCost: number,
  failureCost: number,
): VerifyTask {
  const blank = (cost: number): PasswordAttempt => ({ password: '', hash: unmatchedHash(cost) });
  const attempts = forms.map((password) =>
    isHashable(password) ? { password, hash: hash ?? unmatchedHash(hashCost) } : blank(hashCost),
  );
  const padding = Array.from({ length: failureCost - hashCost }, (_, index) => blank(hashCost + index));
  return { kind: 'verify', attempts, padding };
}

function unmatchedHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${UNMATCHED_SALT_AND_DIGEST}`;
}

interface Runner {
  run(task: PasswordTask): Promise<PasswordResult>;
  processId(): number | undefined;
  close(): Promise<void>;
}

/** Runs tasks in a password process, with bounded concurrency; the next task replaces a process that died. */
function createRunner(options: PasswordManagerOptions & { readonly concurrency: number }): Runner {
  const { concurrency } = options;
  const timeoutMilliseconds = options.timeoutMilliseconds ?? HASH_TIMEOUT_MILLISECONDS;
  const onCrash = (exit: PasswordProcessExit): void => options.onProcessExit?.(exit);
  const semaphore = createSemaphore({
    slots: concurrency,
    queue: {
      maxWaiting: options.maxQueued ?? MAX_QUEUED_HASHES,
      fullError: () => new RateLimitedError(RETRY_AFTER_SECONDS, 'Too many sign-ins at once.'),
    },
  });
  let worker: PasswordWorker | undefined;

  return {
    run: (task) =>
      semaphore.pass(() => {
        if (!worker?.isUsable()) worker = openPasswordWorker({ concurrency, timeoutMilliseconds, onCrash });
        return worker.run(task);
      }),
    processId: () => (worker?.isUsable() ? worker.processId : undefined),
    async close() {
      semaphore.close(new UnavailableError('The service is shutting down.'));
      await worker?.close();
    },
  };
}

/**
 * Returns whether bcrypt hashes the whole password. It reads only 72 bytes, and repeats the password with a zero byte
 * in between, so that `a` and `a\0a` have the same hash.
 */
function isHashable(password: string): boolean {
  return (
    password.length <= MAX_PASSWORD_BYTES &&
    Buffer.byteLength(password) <= MAX_PASSWORD_BYTES &&
    !password.includes('\0')
  );
}

/** @throws InternalError (500) when the stored text is not a bcrypt hash */
function costOf(hash: string): number {
  const cost = BCRYPT_HASH_PATTERN.exec(hash)?.[1];
  if (cost === undefined) throw new InternalError(new Error('the stored password hash is not a bcrypt hash'));
  return Number(cost);
}

/** Leaves one core to everything else. */
function defaultConcurrency(): number {
  return Math.min(MAX_HASH_THREADS, Math.max(1, availableParallelism() - 1));
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} of the password manager must be a whole number from ${min} to ${max}`);
  }
  return value;
}
