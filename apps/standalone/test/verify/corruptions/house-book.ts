import type { Item } from '@cnop/common/database/table-store';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { breaks } from './store-parts.ts';

const checkpoint = (editor: StoreEditor): Item => editor.find(({ key }) => key.sk === 'BALANCE-BOOK');
const sums = (editor: StoreEditor, isMeant: (period: string) => boolean): Item =>
  editor.find(({ key }) => key.pk === 'HOUSE-BOOK' && isMeant(key.sk));
const day = (editor: StoreEditor): Item => sums(editor, (period) => period !== 'ALL');
const total = (editor: StoreEditor): Item => sums(editor, (period) => period === 'ALL');

/** Corruptions of the house book, which has the account of grace. */
export const HOUSE_BOOK: Readonly<Record<string, Corruption>> = {
  'a wrong sum of the house book': async (editor) => {
    await editor.edit(total(editor), { accounts: { 'house:fee': '0.01' } });
    return [breaks('house-sums', total(editor))];
  },
  'a day that the house book lacks': async (editor) => {
    const missing = day(editor);
    await editor.remove(missing);
    return [breaks('house-sums', missing)];
  },
  'a checkpoint of the house book ahead of its ledger': async (editor) => {
    await editor.edit(checkpoint(editor), { sequence: 1 });
    return [breaks('house-checkpoint', checkpoint(editor))];
  },
  'a checkpoint of the house book that was lost': async (editor) => {
    await editor.remove(checkpoint(editor));
    return [breaks('house-sums', day(editor)), breaks('house-sums', total(editor))];
  },
};
