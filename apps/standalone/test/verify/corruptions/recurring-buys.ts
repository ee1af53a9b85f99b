import type { AttributeValue, Item } from '@cnop/common/database/table-store';
import { z } from 'zod';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { breaks, text } from './store-parts.ts';

const recurring = (editor: StoreEditor): Item =>
  editor.find(({ key }) => key.pk === 'olga' && key.sk.startsWith('RECURRING#'));
const work = (editor: StoreEditor): Item => editor.find(({ key }) => key.pk === 'DUE#recurring_buy');
const order = (editor: StoreEditor): Item =>
  editor.find(({ key, attributes }) => key.sk === 'ORDER' && attributes['username'] === 'olga');

/** Returns the run of olga with changes. */
function runWith(
  editor: StoreEditor,
  changes: Record<string, string | null>,
): Record<string, AttributeValue> {
  const [run] = z
    .array(z.record(z.string(), z.string().nullable()))
    .parse(recurring(editor).attributes['runs']);
  return { runs: [{ ...run, ...changes }] };
}

/** Corruptions of the recurring buy of olga, which has run once. */
export const RECURRING_BUYS: Readonly<Record<string, Corruption>> = {
  'a recurring buy that will never run again': async (editor) => {
    const due = work(editor);
    await editor.remove(due);
    return [breaks('recurring-due', recurring(editor), due)];
  },
  'a recurring buy that runs at another time than its work says': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, { next_run_at: '2026-02-22T12:00:00.000Z' });
    const subject = text(work(editor), 'subject');
    const missing = { ...buy, key: { ...work(editor).key, sk: `2026-02-22T12:00:00.000Z#${subject}` } };
    return [breaks('recurring-due', buy, missing), breaks('recurring-due', work(editor), buy)];
  },
  'work of a recurring buy that is paused': async (editor) => {
    const buy = recurring(editor);
    const paused = { status: 'paused', paused_by: 'user', scheduled_for: null, next_run_at: null };
    await editor.edit(buy, paused);
    return [breaks('recurring-due', work(editor), buy)];
  },
  'a recurring buy that is paused by no one': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, { status: 'paused' });
    return [breaks('recurring-state', buy)];
  },
  'a recurring buy that counts fewer runs than it remembers': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, { bought_runs: 0 });
    return [breaks('recurring-state', buy)];
  },
  'a run that cost another amount than its order': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, runWith(editor, { cost: '24.00' }));
    return [breaks('recurring-run', buy, order(editor))];
  },
  'a run that was refused and has an order': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, runWith(editor, { outcome: 'refused' }));
    return [breaks('recurring-run', buy, order(editor))];
  },
  'a run that bought without an order': async (editor) => {
    const buy = recurring(editor);
    await editor.edit(buy, runWith(editor, { order_id: null }));
    return [breaks('recurring-run', buy)];
  },
};
