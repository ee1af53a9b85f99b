import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@cnop/common/core/clock';
import { SCHEMA_KEY } from '@cnop/common/database/schema-version';
import type { TableStore } from '@cnop/common/database/table-store';
import { createAll, put, userKey } from '@cnop/testing/store-contract/contract';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RefusedError } from '../../src/data-command.ts';
import { hashStore, importIntoStore, migrateStore } from '../../src/transfer/copy-into-store.ts';
import { exportStore } from '../../src/transfer/export-store.ts';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { createSoundStore } from '../verify/sound-store.ts';
import { emptyStore, filledStore, someItems, temporaryFolder } from './stores.ts';

const silent = () => undefined;
const options = {
  clock: systemClock,
  resume: false,
  onProgress: { checked: silent, copied: silent, compared: silent },
};

const cleanup = createCleanup();
afterEach(() => cleanup.run());
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder(cleanup);
});

const contentOf = async (store: TableStore) => (await hashStore(store, silent)).total();
const exportTo = (store: TableStore, file: string, { resume = false, clock = systemClock } = {}) =>
  exportStore({ store, file, resume, clock, onProgress: silent });

/** A store without snapshots, as DynamoDB is, whose scans may fail. */
function withoutSnapshot(store: TableStore, { failAfter = Infinity } = {}): TableStore {
  const { snapshot: _, ...rest } = store;
  let left = failAfter;
  return {
    ...rest,
    async *scan(table, after) {
      for await (const item of store.scan(table, after)) {
        if (left === 0) throw new Error('the connection is gone');
        left -= 1;
        yield item;
      }
    },
  };
}

describe('a restore drill', () => {
  test.each(['store.jsonl', 'store.jsonl.gz'])(
    'what the services wrote is exported to %s, imported into an empty store, and sound there',
    async (name) => {
      const sound = await createSoundStore();
      cleanup.defer(() => sound.dispose());
      const file = join(folder, name);
      const exported = await exportTo(sound.store, file, sound);
      const target = await emptyStore(cleanup);
      const copied = await importIntoStore(file, { ...options, store: target, clock: sound.clock });
      expect(copied).toMatchObject({ written: exported.items, skipped: 0 });
      expect(copied.target).toEqual(copied.source);
      const before = await verifyStore(sound.store, { clock: sound.clock });
      const after = await verifyStore(target, { clock: sound.clock });
      expect(before.counts.orders).toBeGreaterThan(0);
      expect(after.violations).toEqual([]);
      // Expired items are left out.
      expect(after.counts).toEqual({ ...before.counts, items: exported.items });
    },
  );
});

describe('an export', () => {
  test('is one line a header, an item, and a trailer, in a file for its owner alone', async () => {
    const store = await filledStore(cleanup, 8);
    const file = join(folder, 'a.jsonl');
    await exportTo(store, file);
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ format: 'cnop-export', is_snapshot: true });
    expect(lines).toHaveLength(1 + 8 + 1 + 1);
    const { items, hash } = await contentOf(store);
    expect(JSON.parse(lines[9] ?? '')).toEqual({ items, content_hash: hash });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a.jsonl']);
  });

  test('leaves out what has expired', async () => {
    const store = await filledStore(cleanup, 4);
    await put(store, userKey('user-1', 'SESSION#old'), { attributes: {}, expiresAtEpochSeconds: 1 });
    expect((await exportTo(store, join(folder, 'a.jsonl'))).items).toBe(4);
  });

  test('is of one moment, even if items are written meanwhile', async () => {
    const store = await filledStore(cleanup, 400);
    const before = await contentOf(store);
    const late = someItems(800).slice(400);
    const exporting = exportTo(store, join(folder, 'a.jsonl'));
    await createAll(store, late);
    expect(await exporting).toMatchObject(before);
  });

  test('refuses to overwrite a file', async () => {
    const store = await filledStore(cleanup, 1);
    const file = join(folder, 'a.jsonl');
    await writeFile(file, 'mine');
    await expect(exportTo(store, file)).rejects.toThrow('exists. Choose another name');
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test.each(['a.jsonl', 'a.jsonl.gz'])('to %s continues where it was interrupted', async (name) => {
    const count = 120;
    const store = await filledStore(cleanup, count, 'x'.repeat(100_000));
    const file = join(folder, name);
    await expect(exportTo(withoutSnapshot(store, { failAfter: 100 }), file)).rejects.toThrow(
      'the connection is gone',
    );
    expect(existsSync(file)).toBe(false);
    await expect(exportTo(withoutSnapshot(store), file)).rejects.toThrow('Continue it with --resume');

    const exported = await exportTo(withoutSnapshot(store), file, { resume: true });
    expect(exported.resumedAt).toBeGreaterThan(0);
    expect(exported).toMatchObject(await contentOf(store));
    const target = await emptyStore(cleanup);
    await importIntoStore(file, { ...options, store: target });
    expect(await contentOf(target)).toEqual(await contentOf(store));
    expect(await readdir(folder)).toEqual([name]);
  });

  test('of a store with snapshots starts again when it is resumed', async () => {
    const store = await filledStore(cleanup, 3);
    const file = join(folder, 'a.jsonl');
    await writeFile(`${file}.partial`, 'half a line');
    expect(await exportTo(store, file, { resume: true })).toMatchObject({ items: 3, resumedAt: 0 });
  });
});

describe('an import', () => {
  async function anExport(name = 'a.jsonl'): Promise<string> {
    const file = join(folder, name);
    await exportTo(await filledStore(cleanup, 300), file);
    return file;
  }

  test.each(['a.jsonl', 'a.jsonl.gz'])(
    'of a damaged %s is refused before anything is written',
    async (name) => {
      const whole = await readFile(await anExport(name));
      const target = await emptyStore(cleanup);
      const flipped = (position: number) => {
        const copy = Buffer.from(whole);
        copy[position] = (copy[position] ?? 0) ^ 4;
        return copy;
      };
      const middle = Math.floor(whole.length / 2);
      const damaged = [
        Buffer.alloc(0),
        ...[10, middle, whole.length - 2].map((length) => whole.subarray(0, length)),
        ...[middle, whole.length - 20].map(flipped),
        Buffer.concat([whole, whole.subarray(0, middle)]),
      ];
      for (const [position, bytes] of damaged.entries()) {
        const file = join(folder, `${position}-${name}`);
        await writeFile(file, bytes);
        await expect(importIntoStore(file, { ...options, store: target }), file).rejects.toThrow(
          RefusedError,
        );
      }
      expect((await contentOf(target)).items).toBe(0);
    },
  );

  test('of lines that were removed or doubled is refused', async () => {
    const lines = (await readFile(await anExport(), 'utf8')).split('\n');
    const target = await emptyStore(cleanup);
    for (const changed of [lines.toSpliced(5, 1), lines.toSpliced(5, 0, lines[5] ?? '')]) {
      const file = join(folder, 'changed.jsonl');
      await writeFile(file, changed.join('\n'));
      await expect(importIntoStore(file, { ...options, store: target })).rejects.toThrow(
        'incomplete or damaged',
      );
    }
  });

  test('needs a version of the platform that understands the data and the format', async () => {
    const text = await readFile(await anExport(), 'utf8');
    const target = await emptyStore(cleanup);
    const file = join(folder, 'later.jsonl');
    await writeFile(file, text.replace('"schema_readable_from":1', '"schema_readable_from":1000'));
    await expect(importIntoStore(file, { ...options, store: target })).rejects.toThrow(
      'schema version 1000 or later',
    );
    await writeFile(file, text.replace('"format_version":1', '"format_version":2'));
    await expect(importIntoStore(file, { ...options, store: target })).rejects.toThrow('format version 2');
  });

  test('into a store with data is refused, and continues an interrupted one when it is resumed', async () => {
    const file = await anExport();
    const target = await emptyStore(cleanup);
    await createAll(target, someItems(300).slice(40, 90));
    const refused = importIntoStore(file, { ...options, store: target });
    await expect(refused).rejects.toThrow('add --resume to continue');
    const resumed = await importIntoStore(file, { ...options, store: target, resume: true });
    expect(resumed).toMatchObject({ written: 250, skipped: 50 });
    const again = await importIntoStore(file, { ...options, store: target, resume: true });
    expect(again).toMatchObject({ written: 0, skipped: 300 });
    expect(again.target).toEqual(again.source);
  });

  test('does not overwrite an item with other content', async () => {
    const file = await anExport();
    const target = await emptyStore(cleanup);
    const [first] = someItems(1);
    const key = first?.key ?? SCHEMA_KEY;
    await put(target, key, { attributes: { position: -1 } });
    const refused = importIntoStore(file, { ...options, store: target, resume: true });
    await expect(refused).rejects.toThrow(`${key.table}/${key.pk}/${key.sk} is there with other content`);
    expect((await target.get(key))?.attributes).toEqual({ position: -1 });
  });

  test('reports other items of the store as a difference', async () => {
    const file = await anExport();
    const target = await emptyStore(cleanup);
    await put(target, userKey('bob', 'USER'), { attributes: {} });
    const { source, target: found } = await importIntoStore(file, {
      ...options,
      store: target,
      resume: true,
    });
    expect(found.items).toBe(source.items + 1);
    expect(found.hash).not.toBe(source.hash);
  });

  test('leaves out what has expired since the export', async () => {
    const store = await filledStore(cleanup, 4);
    const expiresAtEpochSeconds = Math.floor(Date.now() / 1_000) + 3_600;
    await put(store, userKey('user-1', 'SESSION#1'), { attributes: {}, expiresAtEpochSeconds });
    const file = join(folder, 'a.jsonl');
    await exportTo(store, file);
    const clock = { now: () => new Date((expiresAtEpochSeconds + 1) * 1_000) };
    const copied = await importIntoStore(file, { ...options, store: await emptyStore(cleanup), clock });
    expect(copied.written).toBe(4);
    expect(copied.target).toEqual(copied.source);
  });
});

test('a migration of a store that changes meanwhile shows the difference when it has no snapshot', async () => {
  const source = await filledStore(cleanup, 300);
  const target = await emptyStore(cleanup);
  let isWritten = false;
  const live: TableStore = {
    ...withoutSnapshot(source),
    async *scan(table, after) {
      yield* source.scan(table, after);
      if (isWritten) return;
      isWritten = true;
      await put(source, userKey('user-1', 'TRANS#late'), { attributes: {} });
    },
  };
  const copied = await migrateStore(live, { ...options, store: target });
  expect(copied.source.items).toBe(301);
  expect(copied.target.hash).not.toBe(copied.source.hash);
  const unchanged = await migrateStore(source, { ...options, store: await emptyStore(cleanup) });
  expect(unchanged.target).toEqual(unchanged.source);
});
