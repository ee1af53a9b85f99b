import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, expect, it, vi } from 'vitest';
import { assetsQuery } from '../../src/api/market.ts';

const PAGES = [['BTC', 'ETH'], ['SOL']];

afterEach(() => vi.unstubAllGlobals());

it('reads a catalogue of several pages to its end', async () => {
  const asked: (string | null)[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    const cursor = new URL(url, 'http://api.example').searchParams.get('cursor');
    const page = asked.push(cursor) - 1;
    const data = PAGES[page]?.map((asset_id) => ({
      ...anAsset({ asset_id }),
      high_24h: null,
      low_24h: null,
      price_usd: 1,
      is_active: true,
      availability_status: 'available',
    }));
    const hasMore = page + 1 < PAGES.length;
    const counts = { total_count: 3, active_count: 3 };
    return Promise.resolve(
      Response.json({ data, ...counts, has_more: hasMore, next_cursor: hasMore ? `page-${page + 1}` : null }),
    );
  });
  const { queryFn } = assetsQuery();
  const read = queryFn as unknown as (context: { signal: AbortSignal }) => Promise<{ asset_id: string }[]>;
  const assets = await read({ signal: new AbortController().signal });
  expect(assets.map(({ asset_id }) => asset_id)).toEqual(['BTC', 'ETH', 'SOL']);
  expect(asked).toEqual([null, 'page-1']);
});
