import { assetSortFieldSchema, sortOrderSchema } from '@cnop/common/entities/inventory/asset-input';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

interface ListAnswer {
  data: { asset_id: string }[];
  total_count: number;
  has_more: boolean;
  next_cursor: string | null;
}

/** Four pages of seven, with ties and missing values. */
const MANY = Array.from({ length: 28 }, (_, at) =>
  anAsset({
    asset_id: `A${String((at * 11) % 28).padStart(2, '0')}`,
    name: ['Same name', 'same NAME', '漢'.repeat(100)][at % 3] ?? '',
    current_price: ['1.5', '1.50', '20', '0.000000000000000001'][at % 4] ?? '',
    circulating_supply: [null, '0', '999999999999999.123456789', '5'][at % 4] ?? null,
    market_cap_rank: at % 5 === 0 ? null : at % 3 === 0 ? 7 : at + 1,
    price_change_24h: [null, '-0.5', '3', '-0.50'][at % 4] ?? null,
    price_change_percentage_24h: [null, '-12.25', '0'][at % 3] ?? null,
  }),
);

describe('the pages of GET /inventory/assets', () => {
  let service: InventoryServiceUnderTest;
  beforeAll(async () => {
    service = await startInventoryService(MANY);
  });
  afterAll(async () => service.dispose());

  const ask = async (query: string) => service.send({ url: `/inventory/assets?${query}` });
  const list = async (query: string) => {
    const reply = await ask(query);
    expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
    return reply.json<ListAnswer>();
  };
  const readPages = async (query: string) => {
    const pages: ListAnswer[] = [];
    let cursor: string | null = null;
    do {
      const page: ListAnswer = await list(query + (cursor === null ? '' : `&cursor=${cursor}`));
      pages.push(page);
      cursor = page.next_cursor;
    } while (cursor !== null && pages.length <= MANY.length);
    return pages;
  };
  const idsOf = (pages: readonly ListAnswer[]) =>
    pages.flatMap(({ data }) => data.map(({ asset_id }) => asset_id));

  test.each(
    assetSortFieldSchema.options.flatMap((field) =>
      sortOrderSchema.options.map((order) => [field, order] as const),
    ),
  )('show every asset exactly once, sorted by %s %s', async (field, order) => {
    const query = `sort_by=${field}&sort_order=${order}`;
    const whole = idsOf([await list(`${query}&limit=250`)]);
    expect(whole).toHaveLength(MANY.length);
    const pages = await readPages(`${query}&limit=7`);
    expect(idsOf(pages)).toEqual(whole);
    // The last page is full, and nothing follows it.
    expect(pages.map(({ data, has_more }) => [data.length, has_more])).toEqual([
      [7, true],
      [7, true],
      [7, true],
      [7, false],
    ]);
    expect(pages.map(({ total_count }) => total_count)).toEqual([28, 28, 28, 28]);
  });

  test.each(['limit=28', 'limit=250', 'limit=7&search=A00', 'limit=7&search=nothing'])(
    'have no next page after %s',
    async (query) => {
      expect(await list(query)).toMatchObject({ has_more: false, next_cursor: null });
    },
  );

  test('continue after the longest possible search and name', async () => {
    const search = encodeURIComponent('漢'.repeat(100));
    const pages = await readPages(`sort_by=name&sort_order=desc&limit=2&search=${search}`);
    expect(idsOf(pages)).toHaveLength(9);
    const url = `/api/v1/inventory/assets?sort_by=name&sort_order=desc&limit=2&search=${search}&cursor=`;
    expect(url.length + (pages[0]?.next_cursor ?? '').length).toBeLessThan(2_048);
  });

  test.each(['sort_by=price', 'sort_order=desc', 'search=a', 'category=token', 'active_only=false'])(
    'refuse a cursor of a list without %s',
    async (filter) => {
      const { next_cursor } = await list('limit=7');
      expect(await list(`limit=3&cursor=${next_cursor}`)).toMatchObject({ has_more: true });
      const reply = await ask(`limit=7&${filter}&cursor=${next_cursor}`);
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({ code: 'VAL_002', errors: [{ parameter: 'cursor' }] });
    },
  );

  test.each([
    ['price', { key: 'x', id: 'A01' }],
    ['price', { key: '1e5', id: 'A01' }],
    ['price', { key: '', id: 'A01' }],
    ['market_cap_rank', { key: 'x', id: 'A01' }],
    ['market_cap_rank', { key: '3' }],
    ['name', {}],
  ])('refuse a forged cursor of a list sorted by %s: %j', async (field, position) => {
    const query = `limit=7&sort_by=${field}`;
    const { next_cursor } = await list(query);
    const given = JSON.parse(Buffer.from(next_cursor ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...given, p: position })).toString('base64url');
    const reply = await ask(`${query}&cursor=${forged}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: 'VAL_002', errors: [{ parameter: 'cursor' }] });
  });

  test.each(['nonsense', '%00', 'e30'])('refuse %s as a cursor', async (cursor) => {
    expect((await ask(`cursor=${cursor}`)).statusCode).toBe(400);
  });
});
