import { availableParallelism } from 'node:os';
import { InternalError, RateLimitedError, UnavailableError, ValidationError } from '@cnop/exception/errors';
import { MAX_PASSWORD_BYTES, normalizePassword } from '../entities/user/user.ts';
import { createSemaphore } from '../scheduling/semaphore.ts';
import type { PasswordAttempt, PasswordResult, PasswordTask, VerifyTask } from './password-messages.ts';
import type { PasswordProcessExit, PasswordWorker } from './password-worker.ts';
import { openPasswordWorker } from './password-worker.ts';

/** Cost 12 takes about a fifth of a second of one core. */
const DEFAULT_BCRYPT_COST = 12;
const MIN_BCRYPT_COST = 4;
/** Beyond this a single hash takes seconds, and sign-ins stop. */
const MAX_BCRYPT_COST = 16;
/** Hashes that may wait for a thread. At cost 12 and one thread the last of them waits about seven seconds. */
const MAX_QUEUED_HASHES = 32;
/** How long one hash may run, the start of the process included. */
const HASH_TIMEOUT_MILLISECONDS = 10_000;
/** Seconds a client is told to wait when the queue is full. */
const RETRY_AFTER_SECONDS = 2;
/** More threads gain nothing: sign-ins must leave cores to orders. */
const MAX_HASH_THREADS = 4;

const BCRYPT_HASH_PATTERN = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Salt and digest of random bytes, which no known password fits. */
const UNMATCHED_SALT_AND_DIGEST = 'JhqYFy2UpAzqtHSIZ/OSbuvJlCQPOOHAPJLyBLpBOFd5u95of/5Bm';

export interface PasswordManagerOptions {
  /** Base-2 logarithm of the rounds, 4-16. */
  readonly cost?: number;
  /** Hashes at the same time, 1-4. */
  readonly concurrency?: number;
  readonly maxQueued?: number;
  readonly timeoutMilliseconds?: number;
  /** Told when the password process ends without being asked to, for the log. */
  readonly onProcessExit?: (exit: PasswordProcessExit) => void;
}

export interface PasswordVerdict {
  readonly isRight: boolean;
  /**
   * Whether to hash again while the password is at hand: the hash is weaker than today's cost, or was made of the
   * password as it was typed.
   */
  readonly isOutdated: boolean;
}

export interface PasswordManager {
  /** How many hashes run at the same time; more would only wait. */
  readonly concurrency: number;

  /**
   * Hashes a password in its form NFKC, which is the same on every keyboard: bcrypt (`$2b$`, 60 characters).
   * @throws ValidationError when the password is longer than 72 bytes or has a NUL: bcrypt would ignore a part of it
   * @throws RateLimitedError when the queue is full
   * @throws UnavailableError when the password process died or took too long
   */
  hash(password: string): Promise<string>;

  /**
   * Checks a password against a stored hash, or against none for an unknown user. A failure does the same work whatever
   * the hash costs and whether there is one, so that the time does not tell.
   * @throws RateLimitedError and UnavailableError as `hash`
   */
  verify(password: string, hash: string | undefined): Promise<PasswordVerdict>;

  /** The process that hashes, while there is one; to count its CPU time with the service's. */
  processId(): number | undefined;

  /** Ends the password process; what waits fails with UnavailableError. */
  close(): Promise<void>;
}

/**
 * Hashes passwords in a process of their own, started by the first use.
 * @throws RangeError when an option is out of its range
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
  // Hashes from before the cost was lowered take longer. Unknown users take as long from the first of them on.
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
      const place = await runner.run(verifyTask(forms, hash, storedCost ?? failureCost, failureCost));
      const fitting = typeof place === 'number' ? forms[place] : undefined;
      const isRight = hash !== undefined && fitting !== undefined && isHashable(fitting);
      const isWeak = storedCost !== undefined && storedCost < cost;
      const isRaw = fitting !== forms[0];
      return { isRight, isOutdated: isRight && isHashable(forms[0]) && (isWeak || isRaw) };
    },
    processId: () => runner.processId(),
    close: () => runner.close(),
  };
}

/** The forms of a password to try: as it is hashed today, and as it was typed, which is what used to be hashed. */
function formsOf(typed: string): readonly [string, ...string[]] {
  const normalized = normalizePassword(typed);
  return normalized === typed ? [typed] : [normalized, typed];
}

/**
 * Makes a failure cost 2^failureCost rounds for each form: 2^c + (2^c + 2^(c+1) + ... + 2^(failureCost-1)).
 * @param hash that of the user, or none to compare with a hash that no password fits
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

/** Runs tasks in a password process, a bounded number at a time; a process that died is replaced by the next task. */
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
 * bcrypt reads 72 bytes and then stops, and repeats the password with a zero byte in between, so that `a` and
 * `a\0a` have one hash.
 */
function isHashable(password: string): boolean {
  return (
    password.length <= MAX_PASSWORD_BYTES &&
    Buffer.byteLength(password) <= MAX_PASSWORD_BYTES &&
    !password.includes('\0')
  );
}

/** @throws InternalError when the stored text is not a bcrypt hash: then our own data is broken */
function costOf(hash: string): number {
  const cost = BCRYPT_HASH_PATTERN.exec(hash)?.[1];
  if (cost === undefined) throw new InternalError(new Error('the stored password hash is not a bcrypt hash'));
  return Number(cost);
}

/** One core is left to everything else. */
function defaultConcurrency(): number {
  return Math.min(MAX_HASH_THREADS, Math.max(1, availableParallelism() - 1));
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} of the password manager must be a whole number from ${min} to ${max}`);
  }
  return value;
}
