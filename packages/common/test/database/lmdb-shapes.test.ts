import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { Attributes } from '@cnop/common/database/table-store';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** More than fit into one byte, and more than a table shares. */
const SHAPES = 1_100;
const SHAPES_PER_TRANSACTION = 50;

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'lmdb-shapes-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const attributesOf = (shape: number): Attributes => ({
  [`text${shape}`]: `of ${shape}`,
  part: { [`list${shape}`]: [{ a: '1' }, { a: '2' }] },
  none: null,
});

it('items of any number of shapes are read back unchanged, also after reopening the store', async () => {
  const keyOf = (shape: number) => ({ table: 'users' as const, pk: 'shapes', sk: String(shape) });
  const shapes = Array.from({ length: SHAPES }, (_, shape) => shape);
  const written = createLmdbTableStore({ path });
  for (let first = 0; first < SHAPES; first += SHAPES_PER_TRANSACTION) {
    await written.transact({}, () => ({
      writes: shapes.slice(first, first + SHAPES_PER_TRANSACTION).map((shape) => ({
        kind: 'create',
        key: keyOf(shape),
        attributes: attributesOf(shape),
        // Another shape of the stored item itself.
        ...(shape % 2 === 0 && { expiresAtEpochSeconds: 4_000_000_000 }),
      })),
      result: undefined,
    }));
  }
  const read = async (store: typeof written) => {
    const found: (Attributes | undefined)[] = [];
    for (const shape of shapes) found.push((await store.get(keyOf(shape)))?.attributes);
    return found;
  };
  const expected = shapes.map(attributesOf);
  expect(await read(written)).toEqual(expected);
  await written.close();
  const opened = createLmdbTableStore({ path });
  expect(await read(opened)).toEqual(expected);
  await opened.close();
});
