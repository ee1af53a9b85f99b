import type { Item } from '@cnop/common/database/table-store';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { airdropped, breaks, holding } from './store-parts.ts';

const airdrop = (editor: StoreEditor): Item => editor.find(({ key }) => key.pk === 'AIRDROPS');

/** Returns the result of a recipient by the position. */
const result = (editor: StoreEditor, position: number): Item =>
  editor.find(({ key }) => key.pk.startsWith('AIRDROP#') && key.sk === `RESULT#00000${position}`);

/** Corruptions of the airdrop of 2 DOGE each to heidi, ivan and judy, who was skipped. */
export const AIRDROPS: Readonly<Record<string, Corruption>> = {
  'an airdrop that counts more than its results': async (editor) => {
    await editor.edit(airdrop(editor), { posted: 3 });
    return [breaks('airdrop-report', airdrop(editor))];
  },
  'an airdrop that counts more units than it posted': async (editor) => {
    await editor.edit(airdrop(editor), { posted_quantity: '6' });
    return [breaks('airdrop-report', airdrop(editor))];
  },
  'an airdrop with one recipient twice': async (editor) => {
    const part = editor.find(({ key }) => key.sk === 'PART#000000');
    const recipients = ['heidi', 'ivan', 'ivan'].map((username) => ({ username, quantity: '2' }));
    await editor.edit(part, { recipients });
    return [breaks('airdrop-report', airdrop(editor)), breaks('airdrop-report', result(editor, 2))];
  },
  'a skipped recipient without a reason': async (editor) => {
    await editor.edit(result(editor, 2), { problem: null });
    return [breaks('airdrop-report', result(editor, 2))];
  },
  'an airdrop that was posted to a recipient twice': async (editor) => {
    const posted = airdropped(editor, 'heidi');
    const timestamp = '2026-01-15T12:30:00.000Z';
    const again = { ...posted.key, sk: `${timestamp}#${String(posted.key.sk.split('#')[1])}` };
    await editor.put(again, { ...posted.attributes, timestamp, created_at: timestamp });
    return [
      breaks('airdrop-posting', `users/${again.pk}/${again.sk}`, result(editor, 0)),
      breaks('holding-quantity', holding(editor, 'heidi', 'DOGE')),
    ];
  },
  'units of an airdrop that no result states': async (editor) => {
    await editor.remove(result(editor, 0));
    return [
      breaks('airdrop-posting', airdropped(editor, 'heidi'), result(editor, 0)),
      breaks('airdrop-report', airdrop(editor)),
    ];
  },
  'a posted recipient who has no units': async (editor) => {
    await editor.remove(airdropped(editor, 'ivan'));
    return [
      breaks('airdrop-posting', result(editor, 1), airdropped(editor, 'ivan')),
      breaks('holding-quantity', holding(editor, 'ivan', 'DOGE')),
    ];
  },
};
