import type { Corruption } from './store-parts.ts';
import {
  airdropped,
  asset,
  balance,
  bobsBuy,
  breaks,
  holding,
  order,
  refundTrade,
  sentUnits,
  session,
  trade,
} from './store-parts.ts';

/** Corruptions of kinds, schemas and keys. */
export const ITEMS: Readonly<Record<string, Corruption>> = {
  'an item of an unknown kind': async (editor) => {
    await editor.put({ table: 'users', pk: 'alice', sk: 'COUPON#1' }, { value: '5.00' });
    return [breaks('item-kind', 'users/alice/COUPON#1')];
  },
  'items of unknown kinds in every table': async (editor) => {
    await editor.put({ table: 'orders', pk: 'CHECKPOINT#ETH', sk: 'ELSE' }, { seq: 1 });
    await editor.put({ table: 'inventory', pk: 'LEASE#ELSE', sk: 'LEASE' }, { holder: 'process-1' });
    return [
      breaks('item-kind', 'orders/CHECKPOINT#ETH/ELSE'),
      breaks('item-kind', 'inventory/LEASE#ELSE/LEASE'),
    ];
  },
  'a peak under a key with another number': async (editor) => {
    const found = editor.find(({ key }) => key.pk === 'PEAKS#ETH');
    await editor.edit(found, { seq: 3 });
    return [breaks('item-key', found)];
  },
  'a peak and a checkpoint of an asset that is not in the catalogue': async (editor) => {
    const peak = editor.find(({ key }) => key.pk === 'PEAKS#ETH');
    const checkpoint = editor.find(({ key }) => key.pk === 'CHECKPOINT#ETH');
    await editor.put({ ...peak.key, pk: 'PEAKS#XRP' }, { ...peak.attributes, asset_id: 'XRP' });
    await editor.put(
      { ...checkpoint.key, pk: 'CHECKPOINT#XRP' },
      { ...checkpoint.attributes, asset_id: 'XRP' },
    );
    return [
      breaks('asset-scale', `orders/PEAKS#XRP/${peak.key.sk}`),
      breaks('asset-scale', 'orders/CHECKPOINT#XRP/CHECKPOINT'),
    ];
  },
  'a session without its expiry': async (editor) => {
    const found = session(editor, 'alice');
    await editor.edit(found, { expires_at: null });
    return [breaks('item-schema', found)];
  },
  'an asset at the price of 0': async (editor) => {
    await editor.edit(asset(editor, 'DOGE'), { current_price: '0' });
    const doge = [
      order(editor, 'alice', 'market_buy', 'DOGE'),
      order(editor, 'alice', 'market_sell', 'DOGE'),
      order(editor, 'heidi', 'market_buy', 'DOGE'),
      order(editor, 'judy', 'market_buy', 'DOGE'),
      order(editor, 'judy', 'market_sell', 'DOGE'),
    ];
    const inAsset = [
      ...doge,
      ...doge.map((one) => trade(editor, one)),
      ...['heidi', 'ivan'].flatMap((username) => [sentUnits(editor, username), airdropped(editor, username)]),
      ...doge.slice(-2).map((one) => refundTrade(editor, one)),
      ...['alice', 'heidi', 'ivan', 'judy'].map((username) => holding(editor, username, 'DOGE')),
    ];
    return [
      breaks('item-schema', asset(editor, 'DOGE')),
      ...inAsset.map((one) => breaks('asset-scale', one)),
    ];
  },
  'an amount in scientific notation': async (editor) => {
    await editor.edit(balance(editor, 'grace'), { held_balance: '0e0' });
    return [breaks('item-schema', balance(editor, 'grace'))];
  },
  'a total with three fraction digits': async (editor) => {
    await editor.edit(balance(editor, 'grace'), { total_refunds: '0.000' });
    // A third digit of 0 is allowed: the value counts, not its spelling.
    await editor.edit(balance(editor, 'bob'), { total_refunds: '0.001' });
    return [breaks('item-scale', balance(editor, 'bob')), breaks('balance-totals', balance(editor, 'bob'))];
  },
  'a username in upper case': async (editor) => {
    await editor.edit(session(editor, 'bob'), { username: 'BOB' });
    return [breaks('item-schema', session(editor, 'bob'))];
  },
  'a session under the key of another user': async (editor) => {
    await editor.edit(session(editor, 'bob'), { username: 'alice' });
    return [breaks('item-key', session(editor, 'bob'))];
  },
  'a trade under a key with another time': async (editor) => {
    const found = trade(editor, bobsBuy(editor));
    const sk = found.key.sk.replace('2026-', '2025-');
    await editor.move(found, { sk });
    return [breaks('item-key', `users/${found.key.pk}/${sk}`)];
  },
};
