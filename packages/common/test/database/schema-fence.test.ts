import { fenceOutdated } from '@cnop/common/database/schema-fence';
import { SCHEMA_KEY, SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import { StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { put } from '@cnop/testing/store-contract/contract';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const NEVER_MILLISECONDS = 1_000_000;
const MAX_AGE_MILLISECONDS = 20_000;

let runtime: TestRuntime;
let fenced: TableStore | undefined;
beforeEach(async () => {
  runtime = await createTestRuntime();
});
afterEach(async () => {
  await fenced?.close();
  await runtime.dispose();
});

const shutOut = async () =>
  put(runtime.store, SCHEMA_KEY, {
    attributes: { schema_version: SCHEMA_VERSION, readable_from: SCHEMA_VERSION + 1 },
  });
const write = async (store: TableStore) => store.transact({}, () => ({ writes: [], result: 'written' }));

it('stops a running instance from writing and from being ready once its version is shut out', async () => {
  const refusals: Error[] = [];
  const onOutdated = (refusal: Error) => refusals.push(refusal);
  const store = (fenced = fenceOutdated(runtime.store, { checkMilliseconds: 5, onOutdated }));
  expect(await write(store)).toBe('written');
  await store.ping();
  await shutOut();
  await vi.waitFor(() => expect(refusals).not.toEqual([]));
  await expect(write(store)).rejects.toThrow(StoreUnavailableError);
  await expect(store.ping()).rejects.toThrow(`needs a platform of schema version ${SCHEMA_VERSION + 1}`);
  expect(await store.get(SCHEMA_KEY)).toBeDefined();
  expect(refusals).toHaveLength(1);
});

it('an instance that was suspended checks before its next write', async () => {
  const clock = createFakeClock();
  const options = { checkMilliseconds: NEVER_MILLISECONDS, maxAgeMilliseconds: MAX_AGE_MILLISECONDS, clock };
  const store = (fenced = fenceOutdated(runtime.store, options));
  await shutOut();
  clock.advanceMilliseconds(MAX_AGE_MILLISECONDS);
  expect(await write(store)).toBe('written');
  clock.advanceMilliseconds(1);
  await expect(write(store)).rejects.toThrow(StoreUnavailableError);
});

it('an instance whose check fails does not write', async () => {
  const clock = createFakeClock();
  const unreachable: TableStore = {
    ...runtime.store,
    get: () => Promise.reject(new StoreUnavailableError(new Error('unreachable'))),
  };
  const options = { checkMilliseconds: NEVER_MILLISECONDS, maxAgeMilliseconds: MAX_AGE_MILLISECONDS, clock };
  const store = fenceOutdated(unreachable, options);
  expect(await write(store)).toBe('written');
  clock.advanceMilliseconds(MAX_AGE_MILLISECONDS + 1);
  await expect(write(store)).rejects.toThrow(StoreUnavailableError);
});
