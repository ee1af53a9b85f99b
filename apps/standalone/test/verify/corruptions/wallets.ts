import type { Attributes, Item } from '@cnop/common/database/table-store';
import type { StoreEditor } from '../store-editor.ts';
import type { Corruption } from './store-parts.ts';
import { breaks, CASH_IS_OFF, lastEvent } from './store-parts.ts';

const ofLaura = (editor: StoreEditor, matches: (sk: string) => boolean): Item =>
  editor.find(({ key }) => key.pk === 'laura' && matches(key.sk));
const wallet = (editor: StoreEditor, currency: string): Item =>
  ofLaura(editor, (sk) => sk === `BALANCE#${currency}`);
const entry = (editor: StoreEditor, currency: string, sequence: number): Item =>
  editor.find(
    ({ key, attributes }) =>
      key.pk === 'laura' && key.sk.startsWith(`WALLET#${currency}#`) && attributes['sequence'] === sequence,
  );
const usdEntry = (editor: StoreEditor): Item => ofLaura(editor, (sk) => sk.startsWith('TRANS#'));
const conversion = (editor: StoreEditor, to: string): Item =>
  editor.find(({ key, attributes }) => key.sk.startsWith('CONVERSION#') && attributes['to'] === to);

/** Corruptions of laura's wallets: 100 EUR deposited, 40 EUR converted to USD, 30 EUR to JPY, and 5.50 EUR withdrawn. */
export const WALLETS: Readonly<Record<string, Corruption>> = {
  'a wallet with more cash than its ledger': async (editor) => {
    await editor.edit(wallet(editor, 'EUR'), { current_balance: '24.51' });
    return [
      breaks('wallet-ledger', wallet(editor, 'EUR')),
      breaks('event-wallet', lastEvent(editor, 'laura'), wallet(editor, 'EUR')),
      breaks('two-sides'),
    ];
  },
  'a wallet with other totals than its ledger': async (editor) => {
    await editor.edit(wallet(editor, 'EUR'), { total_withdrawals: '5.00' });
    return [breaks('wallet-ledger', wallet(editor, 'EUR'))];
  },
  'a wallet that holds more than it has': async (editor) => {
    await editor.edit(wallet(editor, 'JPY'), { held_balance: '5026' });
    return [
      breaks('wallet-ledger', wallet(editor, 'JPY')),
      breaks('event-wallet', eventOf(editor, 3), wallet(editor, 'JPY')),
    ];
  },
  'a ledger without its wallet': async (editor) => {
    await editor.remove(wallet(editor, 'JPY'));
    return [
      breaks('wallet-ledger', entry(editor, 'JPY', 1)),
      breaks('event-wallet', eventOf(editor, 3)),
      breaks('two-sides'),
    ];
  },
  'a missing entry of a wallet': async (editor) => {
    const deposit = entry(editor, 'EUR', 1);
    await editor.remove(deposit);
    return [
      breaks('ledger-sequence', entry(editor, 'EUR', 2)),
      breaks('wallet-ledger', wallet(editor, 'EUR')),
      breaks(
        'first-answer',
        ofLaura(editor, (sk) => sk.startsWith('IDEM#deposit#')),
        deposit,
      ),
      breaks('two-sides'),
    ];
  },
  'an amount of yen with a fraction': async (editor) => {
    await editor.edit(conversion(editor, 'JPY'), { credited: '5025.0001' });
    return [
      breaks('item-scale', conversion(editor, 'JPY')),
      breaks('conversion-amount', conversion(editor, 'JPY')),
      breaks(
        'conversion-entries',
        conversion(editor, 'JPY'),
        entry(editor, 'EUR', 3),
        entry(editor, 'JPY', 1),
      ),
    ];
  },
  'a deposit into a wallet by the house': async (editor) => {
    await editor.edit(entry(editor, 'EUR', 1), { legs: [{ account: 'house:currency:EUR', amount: '-100' }] });
    return [breaks('ledger-legs', entry(editor, 'EUR', 1))];
  },
  'a conversion at a better quote than the one it had': async (editor) => {
    const found = conversion(editor, 'USD');
    await editor.edit(found, { from_quote: { ...soldAt(found), bid: '1.095' } });
    return [
      breaks('conversion-amount', found),
      breaks('conversion-entries', found, usdEntry(editor), entry(editor, 'EUR', 2)),
    ];
  },
  'a conversion whose mid price the entry contradicts': async (editor) => {
    const found = conversion(editor, 'USD');
    await editor.edit(found, { from_quote: { ...soldAt(found), mid: '1.1001' } });
    return [breaks('conversion-entries', found, usdEntry(editor), entry(editor, 'EUR', 2))];
  },
  'a conversion that credits a cent too much': async (editor) => {
    const credit = usdEntry(editor);
    await editor.edit(credit, { amount: '43.61' });
    return [
      breaks('ledger-amount', credit),
      breaks('ledger-legs', credit),
      breaks('conversion-entries', conversion(editor, 'USD'), credit, entry(editor, 'EUR', 2)),
      CASH_IS_OFF,
    ];
  },
  'a conversion between two currencies with another side': async (editor) => {
    const found = conversion(editor, 'JPY');
    await editor.edit(found, { legs: [] });
    return [breaks('conversion-amount', found)];
  },
  'entries without their conversion': async (editor) => {
    await editor.remove(conversion(editor, 'USD'));
    return [breaks('conversion-entries', usdEntry(editor), entry(editor, 'EUR', 2))];
  },
};

function eventOf(editor: StoreEditor, seq: number): Item {
  return editor.find(({ key }) => key.pk === 'EVENT#laura' && Number(key.sk) === seq);
}

/** Returns the quote at which a conversion sold. */
function soldAt({ attributes }: Item): Attributes {
  const quote = attributes['from_quote'];
  if (typeof quote !== 'object' || quote === null || !('bid' in quote)) throw new Error('there is no quote');
  return quote;
}
