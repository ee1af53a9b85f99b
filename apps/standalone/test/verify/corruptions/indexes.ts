import type { Corruption } from './store-parts.ts';
import { asset, bobsBuy, breaks, session, user } from './store-parts.ts';

/** Corruptions of secondary indexes. */
export const INDEXES: Readonly<Record<string, Corruption>> = {
  'a user without index entries': async (editor) => {
    const { key, attributes } = user(editor, 'bob');
    await editor.put(key, attributes);
    return [breaks('index-missing', user(editor, 'bob')), breaks('index-missing', user(editor, 'bob'))];
  },
  'an asset without its index entry': async (editor) => {
    const { key, attributes } = asset(editor, 'BTC');
    await editor.put(key, attributes);
    return [breaks('index-missing', asset(editor, 'BTC'))];
  },
  'an order with a wrong index entry': async (editor) => {
    const found = bobsBuy(editor);
    const places = { ...editor.indexEntriesOf(found), UserOrdersIndex: { pk: 'alice', sk: 'stolen' } };
    await editor.put(found.key, found.attributes, places);
    return [breaks('index-missing', found), breaks('index-stray', found)];
  },
  'a session that an index lists': async (editor) => {
    const { key, attributes } = session(editor, 'bob');
    await editor.put(key, attributes, { UserDirectoryIndex: { pk: 'USER', sk: 'bob2' } });
    return [breaks('index-stray', session(editor, 'bob'))];
  },
};
