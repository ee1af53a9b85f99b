import type { Item } from '@cnop/common/database/table-store';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { breaks, holding } from './store-parts.ts';

const stake = (editor: StoreEditor): Item =>
  editor.find(({ key }) => key.pk === 'kate' && key.sk === 'STAKE#ADA');
const stepOf = (editor: StoreEditor, sequence: number): Item =>
  editor.find(({ key, attributes }) => key.pk === 'STAKE#kate#ADA' && attributes['sequence'] === sequence);
const posted = (editor: StoreEditor): Item =>
  editor.find(
    ({ key, attributes }) => key.pk === 'TRANS#kate#ADA' && attributes['transaction_type'] === 'staking',
  );

/** Corruptions of the stake of kate: staked, no reward of the first day, one of the second, and 30 taken out. */
export const STAKING: Readonly<Record<string, Corruption>> = {
  'more staked than is held of the position': async (editor) => {
    await editor.edit(stake(editor), { staked_quantity: '71' });
    return [breaks('holding-held', holding(editor, 'kate', 'ADA')), breaks('stake-state', stake(editor))];
  },
  'units that cool down and are held no more': async (editor) => {
    await editor.edit(stake(editor), { cooling: [] });
    return [breaks('holding-held', holding(editor, 'kate', 'ADA')), breaks('stake-state', stake(editor))];
  },
  'a stake whose last step is missing': async (editor) => {
    await editor.remove(stepOf(editor, 4));
    return [breaks('stake-state', stake(editor))];
  },
  'a gap in the history of a stake': async (editor) => {
    await editor.remove(stepOf(editor, 2));
    return [
      breaks('stake-sequence', stepOf(editor, 3)),
      breaks('stake-reward', stepOf(editor, 3)),
      breaks('stake-state', stake(editor)),
    ];
  },
  'a step that leaves other units staked': async (editor) => {
    await editor.edit(stepOf(editor, 1), { staked_quantity: '99' });
    return [
      breaks('stake-amount', stepOf(editor, 1)),
      breaks('stake-amount', stepOf(editor, 2)),
      breaks('stake-reward', stepOf(editor, 3)),
      breaks('stake-state', stake(editor)),
    ];
  },
  'a reward at another rate than that of its day': async (editor) => {
    const rate = editor.find(({ key }) => key.pk === 'STAKING-RATES');
    await editor.edit(rate, { rate_percent: '37' });
    return [breaks('stake-rate', stepOf(editor, 2)), breaks('stake-rate', stepOf(editor, 3))];
  },
  'a reward of the wrong amount on both sides': async (editor) => {
    const key = posted(editor);
    await editor.edit(stepOf(editor, 3), { quantity: '0.2' });
    await editor.edit(key, { quantity: '0.2', total_amount: '0.10' });
    return [
      breaks('stake-reward', stepOf(editor, 3)),
      breaks('stake-state', stake(editor)),
      breaks('holding-quantity', holding(editor, 'kate', 'ADA')),
    ];
  },
  'a reward that was posted without its step': async (editor) => {
    const step = stepOf(editor, 3);
    await editor.edit(step, { transaction_id: 'another' });
    return [breaks('stake-posting', step), breaks('stake-posting', posted(editor))];
  },
};
