import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { breaks } from './store-parts.ts';

const target = (editor: StoreEditor) => editor.find(({ key }) => key.pk === 'ivan' && key.sk === 'TARGETS');

/** Corruptions of target allocations. */
export const TARGET_ALLOCATIONS: Readonly<Record<string, Corruption>> = {
  'a target allocation of 99 %': async (editor) => {
    await editor.edit(target(editor), { cash: '9' });
    return [breaks('target-allocation', target(editor))];
  },
  'a target for an asset that is not in the catalogue': async (editor) => {
    await editor.edit(target(editor), { assets: [{ asset_id: 'XRP', percentage: '90' }] });
    return [breaks('target-allocation', target(editor))];
  },
  'a target allocation that names an asset twice': async (editor) => {
    const half = { asset_id: 'BTC', percentage: '45' };
    await editor.edit(target(editor), { assets: [half, half] });
    return [breaks('target-allocation', target(editor))];
  },
};
