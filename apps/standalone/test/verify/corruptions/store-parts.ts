import type { Attributes, Item } from '@cnop/common/database/table-store';
import type { Rule } from '../../../src/verify/violation.ts';
import { nameOf } from '../../../src/verify/violation.ts';
import { OPEN_ORDER_ID } from '../sound-store.ts';
import type { StoreEditor } from '../store-editor.ts';

/** The violation that the audit must report for a corruption: the rule and exactly these items. */
export interface Expected {
  readonly rule: Rule;
  readonly keys: readonly string[];
}

/** Damages a store in one place and returns the expected violations. */
export type Corruption = (editor: StoreEditor) => Promise<Expected[]>;

export const breaks = (rule: Rule, ...items: (Item | string)[]): Expected => ({
  rule,
  keys: items.map((item) => (typeof item === 'string' ? item : nameOf(item.key))),
});

/** Returns a text field that an item must have. */
export function text(item: Item, name: string): string {
  const value = item.attributes[name];
  if (typeof value !== 'string') throw new Error(`${nameOf(item.key)} has no ${name}`);
  return value;
}

/** The violation of the sum over all users, which comes with every amount that appears or vanishes. */
export const CASH_IS_OFF = breaks('conservation');
export const AT = '2026-01-15T11:00:00.000Z';
export const MISSING_USER = 'carol';

const at = (editor: StoreEditor, pk: string, sk: string): Item =>
  editor.find(({ key }) => key.pk === pk && key.sk === sk);
export const user = (editor: StoreEditor, username: string): Item => at(editor, username, 'USER');
export const balance = (editor: StoreEditor, username: string): Item => at(editor, username, 'BALANCE');
export const claim = (editor: StoreEditor, username: string): Item =>
  at(editor, `EMAIL#${username}@example.com`, 'EMAIL');
export const holding = (editor: StoreEditor, username: string, assetId: string): Item =>
  at(editor, username, `ASSET#${assetId}`);
export const asset = (editor: StoreEditor, assetId: string): Item => at(editor, assetId, 'ASSET');
export const answer = (editor: StoreEditor, name: string): Item => at(editor, 'alice', `IDEM#${name}`);
export const session = (editor: StoreEditor, username: string): Item =>
  editor.find(({ key }) => key.pk === username && key.sk.startsWith('SESSION#'));
export const line = (editor: StoreEditor, username: string, sequence: number): Item =>
  editor.find(({ key, attributes }) => key.pk === username && attributes['sequence'] === sequence);
export const order = (editor: StoreEditor, username: string, type: string, assetId: string): Item =>
  editor.find(
    ({ key, attributes }) =>
      key.table === 'orders' &&
      attributes['username'] === username &&
      attributes['order_type'] === type &&
      attributes['asset_id'] === assetId,
  );
export const payment = (editor: StoreEditor, of: Item): Item =>
  editor.find(({ attributes }) => attributes['reference_id'] === of.key.pk);
const REFUND_TYPES: ReadonlySet<unknown> = new Set(['buy_refund', 'sell_refund']);
export const trade = (editor: StoreEditor, of: Item): Item =>
  editor.find(
    ({ key, attributes }) =>
      key.pk.startsWith('TRANS#') &&
      attributes['order_id'] === of.key.pk &&
      !REFUND_TYPES.has(attributes['transaction_type']),
  );
/** Returns the asset transaction of the refund of an order. */
export const refundTrade = (editor: StoreEditor, of: Item): Item =>
  editor.find(
    ({ attributes }) =>
      REFUND_TYPES.has(attributes['transaction_type']) && attributes['order_id'] === of.key.pk,
  );
/** Returns a user's side of the transfer of 40.5 DOGE from heidi to ivan. */
export const sentUnits = (editor: StoreEditor, username: string): Item =>
  editor.find(
    ({ key, attributes }) =>
      key.pk === `TRANS#${username}#DOGE` && attributes['transaction_type'] === 'transfer',
  );
export const bobsBuy = (editor: StoreEditor): Item => order(editor, 'bob', 'market_buy', 'BTC');
export const openOrder = (editor: StoreEditor): Item => at(editor, OPEN_ORDER_ID, 'ORDER');
export const steps = (at: string, ...statuses: string[]): Attributes[] =>
  statuses.map((status) => ({ status, at, reason: null }));

/** Returns an event by its number. */
export const event = (editor: StoreEditor, username: string, seq: number): Item =>
  editor.find(({ key }) => key.pk === `EVENT#${username}` && Number(key.sk) === seq);
export const lastEvent = (editor: StoreEditor, username: string): Item =>
  event(editor, username, Number(balance(editor, username).attributes['event_seq']));
/** Returns the event of a change of an order. */
export const eventOf = (editor: StoreEditor, of: Item, type: string): Item =>
  editor.find(({ key, attributes }) => {
    const data = JSON.stringify(attributes['data'] ?? {});
    return (
      key.pk.startsWith('EVENT#') && attributes['type'] === `order.${type}` && data.includes(`"${of.key.pk}"`)
    );
  });
/** Returns an order of dora by its name, which says its result. */
export const dorasOrder = (editor: StoreEditor, name: string): Item => at(editor, `dora-${name}`, 'ORDER');
export const candle = (editor: StoreEditor, interval: string, time: string): Item =>
  at(editor, `CANDLE#ETH#${interval}`, `2026-01-15T${time}:00.000Z`);
export const clientOrderClaim = (editor: StoreEditor, name: string): Item =>
  at(editor, 'dora', `CLIENTORDER#${name}`);
/** Returns the asset transaction of the airdrop of DOGE to a user. */
export const airdropped = (editor: StoreEditor, username: string): Item =>
  editor.find(
    ({ key, attributes }) =>
      key.pk === `TRANS#${username}#DOGE` && attributes['transaction_type'] === 'airdrop',
  );
