import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PasswordManager, PasswordManagerOptions } from '@cnop/common/auth/password-manager';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { PasswordProcessExit } from '@cnop/common/auth/password-worker';
import { InternalError, RateLimitedError, UnavailableError, ValidationError } from '@cnop/exception/errors';
import { hashSync as bcryptHashSync } from '@node-rs/bcrypt';
import { afterEach, describe, expect, it, vi } from 'vitest';

// Hashing has a low priority, so it takes long while other tests run.
vi.setConfig({ testTimeout: 30_000 });

const QUICK_COST = 4;
/** Takes about 0.25 s, long enough to be interrupted. */
const SLOW_COST = 12;
const PASSWORD = 'Correct-Horse-9-Battery';
const RIGHT = { isRight: true, isOutdated: false };
const OUTDATED = { isRight: true, isOutdated: true };
const WRONG = { isRight: false, isOutdated: false };

const opened: PasswordManager[] = [];

function open(options: PasswordManagerOptions = {}): PasswordManager {
  const manager = createPasswordManager({ cost: QUICK_COST, ...options });
  opened.push(manager);
  return manager;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((manager) => manager.close()));
});

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    // A zombie process is no longer running.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${processId}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('hashing', () => {
  it('creates a salted $2b$ hash of 60 characters with the configured cost', async () => {
    const manager = open({ cost: 5 });
    const [one, other] = await Promise.all([manager.hash(PASSWORD), manager.hash(PASSWORD)]);
    expect(one).toMatch(/^\$2b\$05\$[./A-Za-z0-9]{53}$/);
    expect(one).toHaveLength(60);
    expect(other).not.toBe(one);
  });

  it('accepts the right password and refuses a wrong one', async () => {
    const manager = open();
    const hash = await manager.hash(PASSWORD);
    await expect(manager.verify(PASSWORD, hash)).resolves.toEqual(RIGHT);
    await expect(manager.verify(`${PASSWORD}x`, hash)).resolves.toEqual(WRONG);
    await expect(manager.verify('', hash)).resolves.toEqual(WRONG);
  });

  it.each([
    ['72 bytes of ASCII', 'a'.repeat(72), `${'a'.repeat(71)}b`],
    ['18 letters of 4 bytes', '😀'.repeat(18), `${'😀'.repeat(17)}😁`],
    ['36 letters of 2 bytes', 'é'.repeat(36), `${'é'.repeat(35)}è`],
  ])('checks the last byte of %s', async (_name, password, almost) => {
    const manager = open();
    const hash = await manager.hash(password);
    await expect(manager.verify(password, hash)).resolves.toEqual(RIGHT);
    await expect(manager.verify(almost, hash)).resolves.toEqual(WRONG);
  });

  it.each([
    ['73 bytes', 'a'.repeat(73)],
    ['72 bytes and a letter of two', `${'a'.repeat(71)}é`],
    ['19 letters of 4 bytes', '😀'.repeat(19)],
    ['a megabyte', 'a'.repeat(1_048_576)],
    ['a zero byte', 'a\0a'],
  ])('refuses to hash %s', async (_name, password) => {
    await expect(open().hash(password)).rejects.toBeInstanceOf(ValidationError);
  });

  it('refuses a password that bcrypt would confuse with the right one', async () => {
    const manager = open();
    const long = 'a'.repeat(72);
    await expect(manager.verify(`${long}SECRET`, await manager.hash(long))).resolves.toEqual(WRONG);
    await expect(manager.verify('ab\0ab', await manager.hash('ab'))).resolves.toEqual(WRONG);
  });

  it('fails with an internal error when the stored text is not a hash', async () => {
    await expect(open().verify(PASSWORD, 'plain text')).rejects.toBeInstanceOf(InternalError);
  });

  it('asks for a new hash only after the cost was raised', async () => {
    const hash = await open({ cost: 5 }).hash(PASSWORD);
    await expect(open({ cost: 6 }).verify(PASSWORD, hash)).resolves.toEqual(OUTDATED);
    await expect(open({ cost: 6 }).verify('wrong', hash)).resolves.toEqual(WRONG);
    await expect(open({ cost: 5 }).verify(PASSWORD, hash)).resolves.toEqual(RIGHT);
    await expect(open({ cost: 4 }).verify(PASSWORD, hash)).resolves.toEqual(RIGHT);
  });

  it('accepts every Unicode form of a character', async () => {
    const manager = open();
    const hash = await manager.hash('Cafe\u0301-\uff28orse-9');
    await expect(manager.verify('Caf\u00e9-Horse-9', hash)).resolves.toEqual(RIGHT);
    await expect(manager.verify('Cafe\u0301-\uff28orse-9', hash)).resolves.toEqual(RIGHT);
    await expect(manager.verify('Cafe-Horse-9', hash)).resolves.toEqual(WRONG);
  });

  it('accepts the typed form for an older hash, and asks for a new hash', async () => {
    const manager = open();
    const typed = 'Cafe\u0301-Horse-9';
    const hash = bcryptHashSync(typed, { cost: QUICK_COST });
    await expect(manager.verify(typed, hash)).resolves.toEqual(OUTDATED);
    await expect(manager.verify(typed.normalize('NFC'), hash)).resolves.toEqual(WRONG);
  });

  it('asks for no new hash when the normalized password is too long', async () => {
    const typed = `Aa1!${'\ufdfa'.repeat(4)}`;
    const hash = bcryptHashSync(typed, { cost: QUICK_COST });
    await expect(open({ cost: 5 }).verify(typed, hash)).resolves.toEqual(RIGHT);
  });

  it.each([{ cost: 3 }, { cost: 17 }, { cost: 10.5 }, { concurrency: 0 }, { concurrency: 5 }])(
    'refuses the option %o',
    (options) => {
      expect(() => createPasswordManager(options)).toThrow(RangeError);
    },
  );
});

describe('an unknown user', () => {
  it('is never signed in', async () => {
    const manager = open();
    for (const password of [PASSWORD, '', 'Cafe\u0301', 'a'.repeat(1_000)]) {
      await expect(manager.verify(password, undefined)).resolves.toEqual(WRONG);
    }
  });
});

describe('the password process', () => {
  it('is started by the first use and reused', async () => {
    const manager = open();
    expect(manager.processId()).toBeUndefined();
    await manager.hash(PASSWORD);
    const processId = manager.processId();
    await manager.hash(PASSWORD);
    expect(processId).toBeTypeOf('number');
    expect(manager.processId()).toBe(processId);
  });

  it('runs every thread at a lower priority', async () => {
    const manager = open({ concurrency: 2 });
    await Promise.all([manager.hash(PASSWORD), manager.hash(PASSWORD)]);
    const processId = manager.processId();
    const nicenessOf = (thread: string) =>
      Number(readFileSync(`/proc/${processId}/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]);
    const niceness = readdirSync(`/proc/${processId}/task`).map(nicenessOf);
    expect(niceness.length).toBeGreaterThan(2);
    expect(new Set(niceness)).toEqual(new Set([10]));
  });

  it('has neither passwords nor our environment in its arguments and environment', async () => {
    process.env['CNOP_TEST_SECRET'] = 'secret of the parent';
    const manager = open();
    await manager.hash(PASSWORD);
    const commandLine = readFileSync(`/proc/${manager.processId()}/cmdline`, 'utf8');
    const environment = readFileSync(`/proc/${manager.processId()}/environ`, 'utf8');
    delete process.env['CNOP_TEST_SECRET'];
    expect(commandLine + environment).not.toContain(PASSWORD);
    expect(environment).not.toContain('secret of the parent');
  });

  it('ignores the signals of its process group, so that its parent can drain', async () => {
    const manager = open();
    await manager.hash(PASSWORD);
    const processId = manager.processId() ?? 0;
    process.kill(processId, 'SIGINT');
    process.kill(processId, 'SIGTERM');
    await expect(manager.hash(PASSWORD)).resolves.toHaveLength(60);
    expect(manager.processId()).toBe(processId);
  });

  it('is replaced when it is killed during a hash; that hash fails and later ones work', async () => {
    const exits: PasswordProcessExit[] = [];
    const manager = open({ cost: SLOW_COST, concurrency: 1, onProcessExit: (exit) => exits.push(exit) });
    await manager.verify(PASSWORD, undefined);
    const processId = manager.processId() ?? 0;

    const interrupted = outcomeOf(manager.hash(PASSWORD));
    const waiting = manager.hash(PASSWORD);
    await sleep(50);
    process.kill(processId, 'SIGKILL');

    expect(await interrupted).toBeInstanceOf(UnavailableError);
    await expect(waiting).resolves.toHaveLength(60);
    await expect(manager.hash(PASSWORD)).resolves.toHaveLength(60);
    expect(manager.processId()).not.toBe(processId);
    expect(exits).toMatchObject([{ processId, signal: 'SIGKILL' }]);
  });

  it('is replaced when it dies while idle', async () => {
    let onProcessExit: (exit: PasswordProcessExit) => void = () => undefined;
    const exited = new Promise<PasswordProcessExit>((resolve) => {
      onProcessExit = resolve;
    });
    const manager = open({ onProcessExit: (exit) => onProcessExit(exit) });
    await manager.hash(PASSWORD);
    process.kill(manager.processId() ?? 0, 'SIGKILL');
    await exited;
    expect(manager.processId()).toBeUndefined();
    await expect(manager.hash(PASSWORD)).resolves.toHaveLength(60);
  });

  it('aborts a hash that takes too long, and the next one does not wait for it', async () => {
    const manager = open({ cost: 16, concurrency: 1, timeoutMilliseconds: 1_500 });
    const startedAt = performance.now();
    expect(await outcomeOf(manager.hash(PASSWORD))).toBeInstanceOf(UnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    const quickHash = await open().hash(PASSWORD);
    await expect(manager.verify(PASSWORD, quickHash)).resolves.toEqual(OUTDATED);
  });

  it('ends with close and refuses later calls', async () => {
    const manager = open({ cost: SLOW_COST, concurrency: 1 });
    await manager.verify(PASSWORD, undefined);
    const processId = manager.processId() ?? 0;
    const running = outcomeOf(manager.hash(PASSWORD));
    const waiting = outcomeOf(manager.hash(PASSWORD));
    await manager.close();
    expect(await running).toBeInstanceOf(UnavailableError);
    expect(await waiting).toBeInstanceOf(UnavailableError);
    expect(isRunning(processId)).toBe(false);
    expect(await outcomeOf(manager.hash(PASSWORD))).toBeInstanceOf(UnavailableError);
    await manager.close();
  });
});

describe('the queue', () => {
  it('refuses with 429 and Retry-After when it is full, and completes the accepted calls', async () => {
    const manager = open({ cost: 8, concurrency: 1, maxQueued: 2 });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcomeOf(manager.hash(PASSWORD))));
    const refusals = outcomes.filter((outcome) => outcome !== 'resolved');
    expect(outcomes.slice(0, 3)).toEqual(['resolved', 'resolved', 'resolved']);
    expect(refusals).toHaveLength(3);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(RateLimitedError);
      expect(refusal).toMatchObject({ status: 429, code: 'RATE_001', retryAfterSeconds: 2 });
    }
    await expect(manager.hash(PASSWORD)).resolves.toHaveLength(60);
  });
});
