import type { Attributes, Item } from '@cnop/common/database/table-store';
import { minute } from '../open-orders.ts';
import type { Corruption } from './store-parts.ts';
import {
  balance,
  bobsBuy,
  breaks,
  dorasOrder,
  event,
  eventOf,
  lastEvent,
  MISSING_USER,
  openOrder,
} from './store-parts.ts';

const dataOf = (item: Item): Attributes => item.attributes['data'] as Attributes;

/** Corruptions of events. */
export const EVENTS: Readonly<Record<string, Corruption>> = {
  'events with a gap': async (editor) => {
    await editor.remove(event(editor, 'alice', 3));
    return [breaks('event-sequence', event(editor, 'alice', 4))];
  },
  'a young account without its first event': async (editor) => {
    await editor.remove(event(editor, 'bob', 1));
    return [breaks('event-sequence', event(editor, 'bob', 2))];
  },
  'events without the last one': async (editor) => {
    await editor.remove(lastEvent(editor, 'alice'));
    return [breaks('event-sequence', lastEvent(editor, 'alice'))];
  },
  'a count beyond the events, of a balance that did not change recently': async (editor) => {
    const changes = { event_seq: 21, updated_at: '2025-11-01T12:00:00.000Z' };
    await editor.edit(balance(editor, 'dora'), changes);
    return [breaks('event-sequence', 'users/EVENT#dora/0000000000000021')];
  },
  'an event beyond the count': async (editor) => {
    const { key, attributes } = lastEvent(editor, 'alice');
    await editor.put({ ...key, sk: '0000000000000009' }, { ...attributes, seq: 9 });
    return [breaks('event-sequence', 'users/EVENT#alice/0000000000000009')];
  },
  'a user without any event': async (editor) => {
    for (const seq of [1, 2, 3]) await editor.remove(event(editor, 'bob', seq));
    return [
      breaks('event-sequence', event(editor, 'bob', 3)),
      breaks('event-order', bobsBuy(editor)),
      breaks('event-order', openOrder(editor)),
    ];
  },
  'an event that happened long before the one before it': async (editor) => {
    await editor.edit(event(editor, 'bob', 1), { occurred_at: minute('00') });
    return [breaks('event-times', event(editor, 'bob', 2))];
  },
  'an event without a user': async (editor) => {
    const { attributes } = event(editor, 'bob', 1);
    const key = { table: 'users', pk: `EVENT#${MISSING_USER}`, sk: '0000000000000001' } as const;
    await editor.put(key, { ...attributes, username: MISSING_USER });
    return [breaks('account-parts', `users/${MISSING_USER}/BALANCE`)];
  },
  'an event that cannot be read': async (editor) => {
    await editor.edit(event(editor, 'bob', 1), { occurred_at: 'yesterday' });
    return [breaks('item-schema', event(editor, 'bob', 1))];
  },
  'an event of one user among those of another': async (editor) => {
    await editor.edit(event(editor, 'bob', 1), { username: 'alice' });
    return [breaks('item-key', event(editor, 'bob', 1))];
  },
  'an event of an order without the order': async (editor) => {
    const found = dorasOrder(editor, 'cancelled');
    const changed = eventOf(editor, found, 'cancelled');
    const { order: _order, ...data } = dataOf(changed);
    await editor.edit(changed, { data });
    return [breaks('event-data', changed), breaks('event-order', found, eventOf(editor, found, 'queued'))];
  },
  'an event of another type than its order': async (editor) => {
    const changed = eventOf(editor, dorasOrder(editor, 'cancelled'), 'cancelled');
    await editor.edit(changed, { type: 'order.expired' });
    return [breaks('event-data', changed)];
  },
  'an event of an order with another position': async (editor) => {
    const changed = eventOf(editor, dorasOrder(editor, 'cancelled'), 'cancelled');
    const data = { ...dataOf(changed), holding: { asset_id: 'BTC', quantity: '1', held_quantity: '0' } };
    await editor.edit(changed, { data });
    return [breaks('event-data', changed), breaks('event-holding', changed, 'users/dora/ASSET#BTC')];
  },
  'an order without its event': async (editor) => {
    const changed = eventOf(editor, bobsBuy(editor), 'completed');
    const { balance: figures } = dataOf(changed);
    await editor.edit(changed, { type: 'balance.changed', data: { balance: figures ?? null } });
    return [breaks('event-order', bobsBuy(editor))];
  },
  'an order with two events of one status': async (editor) => {
    const changed = eventOf(editor, bobsBuy(editor), 'completed');
    const first = event(editor, 'bob', 1);
    await editor.edit(first, { ...changed.attributes, seq: 1 });
    return [breaks('event-order', bobsBuy(editor), first, changed)];
  },
  'an event with another fee than its order': async (editor) => {
    const found = dorasOrder(editor, 'bounded');
    const changed = eventOf(editor, found, 'completed');
    const { order: summary } = dataOf(changed);
    await editor.edit(changed, {
      data: { ...dataOf(changed), order: { ...(summary as Attributes), fees: '2.50' } },
    });
    return [breaks('event-order', found, changed)];
  },
};
