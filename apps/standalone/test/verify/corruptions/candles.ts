import type { Corruption } from './store-parts.ts';
import { asset, breaks, candle } from './store-parts.ts';

const MINUTES = ['12:00', '12:01', '12:02', '12:03', '12:04'];

/** Corruptions of candles, prices and assets. */
export const CANDLES: Readonly<Record<string, Corruption>> = {
  'a candle that closed above its highest price': async (editor) => {
    await editor.edit(candle(editor, '1m', '12:00'), { high: '2004' });
    return [breaks('candle-prices', candle(editor, '1m', '12:00'))];
  },
  'a candle that opened below its lowest price': async (editor) => {
    await editor.edit(candle(editor, '1m', '11:58'), { low: '1985.01' });
    return [breaks('candle-prices', candle(editor, '1m', '11:58'))];
  },
  'a one-minute candle that opens in the middle of a minute': async (editor) => {
    const { key, attributes } = candle(editor, '1m', '11:58');
    const sk = '2026-01-15T11:58:30.000Z';
    await editor.put({ ...key, sk }, { ...attributes, open_time: sk });
    return [breaks('candle-time', `inventory/${key.pk}/${sk}`)];
  },
  'an open candle before a newer one': async (editor) => {
    await editor.edit(candle(editor, '1m', '12:03'), { final: false });
    return [breaks('candle-open', candle(editor, '1m', '12:03'))];
  },
  ...Object.fromEntries(
    [
      ['open', '1999'],
      ['high', '2031'],
      ['low', '1989'],
      ['close', '2003'],
      ['volume', '0.86'],
    ].map(([field = '', value = '']): [string, Corruption] => [
      `a candle of another ${field} than its minutes`,
      async (editor) => {
        await editor.edit(candle(editor, '5m', '12:00'), { [field]: value });
        const minutes = MINUTES.map((time) => candle(editor, '1m', time));
        return [breaks('candle-parts', candle(editor, '5m', '12:00'), ...minutes)];
      },
    ]),
  ),
  'a candle of an asset that is not in the catalogue': async (editor) => {
    const { key, attributes } = candle(editor, '1m', '11:58');
    await editor.put({ ...key, pk: 'CANDLE#XRP#1m' }, { ...attributes, asset_id: 'XRP' });
    return [breaks('asset-scale', `inventory/CANDLE#XRP#1m/${key.sk}`)];
  },
  'a current price of an asset that is not in the catalogue': async (editor) => {
    const price = ['1.5', 1_768_478_400_000, 1_768_478_400_000, null, null, false];
    const key = { table: 'inventory', pk: 'PRICES#CURRENT', sk: '0' } as const;
    await editor.put(key, { sheet: 0, holder: 'maker', prices: { XRP: price } });
    return [breaks('asset-scale', 'inventory/PRICES#CURRENT/0')];
  },
  'a current price with more digits than its asset allows': async (editor) => {
    const price = ['1.5000001', 1_768_478_400_000, 1_768_478_400_000, null, null, false];
    const key = { table: 'inventory', pk: 'PRICES#CURRENT', sk: '0' } as const;
    await editor.put(key, { sheet: 0, holder: 'maker', prices: { BTC: price } });
    return [breaks('asset-scale', 'inventory/PRICES#CURRENT/0')];
  },
  'an asset with a fee above 100 %': async (editor) => {
    const { key, attributes } = asset(editor, 'DOGE');
    const places = { CatalogueIndex: { pk: 'ASSET', sk: 'XRP' } };
    await editor.put({ ...key, pk: 'XRP' }, { ...attributes, asset_id: 'XRP', fee_bps: 10_001 }, places);
    return [breaks('item-schema', 'inventory/XRP/ASSET')];
  },
};
