import type { Corruption } from './store-parts.ts';
import { balance, breaks, claim, MISSING_USER, session, user } from './store-parts.ts';

/** Corruptions of users, balances and claims of e-mails. */
export const ACCOUNTS: Readonly<Record<string, Corruption>> = {
  'a balance without a user': async (editor) => {
    await editor.remove(user(editor, 'grace'));
    return [breaks('account-parts', user(editor, 'grace')), breaks('email-claim', claim(editor, 'grace'))];
  },
  'a user without a balance': async (editor) => {
    await editor.remove(balance(editor, 'grace'));
    return [breaks('account-parts', balance(editor, 'grace'))];
  },
  'a session without a user': async (editor) => {
    const sk = 'SESSION#1';
    const attributes = { ...session(editor, 'bob').attributes, username: MISSING_USER, session_id: '1' };
    await editor.put({ table: 'users', pk: MISSING_USER, sk }, attributes);
    return [
      breaks('account-parts', `users/${MISSING_USER}/USER`),
      breaks('account-parts', `users/${MISSING_USER}/BALANCE`),
    ];
  },
  'an active account that is blocked from trading': async (editor) => {
    await editor.edit(balance(editor, 'grace'), { trading_block: 'suspended' });
    return [breaks('account-block', balance(editor, 'grace'))];
  },
  'an account that is not active and not blocked from trading': async (editor) => {
    await editor.edit(user(editor, 'grace'), { status: 'inactive' });
    return [breaks('account-block', balance(editor, 'grace'))];
  },
  'an e-mail without a claim': async (editor) => {
    await editor.remove(claim(editor, 'bob'));
    return [breaks('email-claim', user(editor, 'bob'))];
  },
  'a claim of an e-mail that no user has': async (editor) => {
    const email = 'ghost@example.com';
    await editor.put({ table: 'users', pk: `EMAIL#${email}`, sk: 'EMAIL' }, { email, username: 'bob' });
    return [breaks('email-claim', `users/EMAIL#${email}/EMAIL`)];
  },
  'a claim for another user': async (editor) => {
    await editor.edit(claim(editor, 'bob'), { username: 'alice' });
    return [breaks('email-claim', user(editor, 'bob'), claim(editor, 'bob'))];
  },
  'a method of tax lots that was chosen after its year': async (editor) => {
    const chosen = editor.find(({ key }) => key.pk === 'heidi' && key.sk === 'TAX#2026');
    await editor.edit(chosen, { chosen_at: '2027-01-01T00:00:00.000Z' });
    return [breaks('tax-method', chosen)];
  },
};
