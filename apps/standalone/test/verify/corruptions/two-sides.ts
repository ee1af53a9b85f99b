import type { Corruption } from './store-parts.ts';
import { balance, bobsBuy, breaks, CASH_IS_OFF, line, payment, trade } from './store-parts.ts';

/** The other side of bob's buy of 0.01 BTC at 50,000 moved from one account to others. */
const bobsLegs = (...legs: readonly (readonly [string, string])[]) => ({
  legs: legs.map(([account, amount]) => ({ account, amount })),
});

/** Corruptions of the other side of movements. */
export const TWO_SIDES: Readonly<Record<string, Corruption>> = {
  'cash that comes from nowhere': async (editor) => {
    await editor.edit(line(editor, 'bob', 1), { legs: [] });
    return [
      breaks('item-schema', line(editor, 'bob', 1)),
      breaks('ledger-sequence', line(editor, 'bob', 2)),
      breaks('balance-totals', balance(editor, 'bob')),
      CASH_IS_OFF,
    ];
  },
  'an other side of another amount': async (editor) => {
    await editor.edit(line(editor, 'bob', 1), bobsLegs(['external:deposit', '-999.99']));
    return [breaks('ledger-legs', line(editor, 'bob', 1)), breaks('two-sides')];
  },
  'a deposit paid by the fees of the house': async (editor) => {
    await editor.edit(line(editor, 'bob', 1), bobsLegs(['house:fee', '-1000']));
    // The account of another type, which moreover only receives.
    return [
      breaks('ledger-legs', line(editor, 'bob', 1)),
      breaks('ledger-legs', line(editor, 'bob', 1)),
      breaks('two-sides'),
    ];
  },
  'a spread that the trade did not have': async (editor) => {
    const found = bobsBuy(editor);
    const paid = payment(editor, found);
    await editor.edit(paid, bobsLegs(['house:asset:BTC', '499'], ['house:spread', '1']));
    return [breaks('trade-legs', paid, trade(editor, found))];
  },
  'a mid price that the payment contradicts': async (editor) => {
    const found = bobsBuy(editor);
    await editor.edit(trade(editor, found), { mid_price: '49999' });
    return [breaks('trade-legs', payment(editor, found), trade(editor, found))];
  },
  'units that come from the account of another asset': async (editor) => {
    const bought = trade(editor, bobsBuy(editor));
    await editor.edit(bought, { counterpart: 'house:asset:DOGE' });
    return [breaks('trade-legs', bought)];
  },
  'a payment whose other side was removed': async (editor) => {
    const found = bobsBuy(editor);
    const paid = payment(editor, found);
    const { legs: _removed, ...rest } = paid.attributes;
    await editor.put(paid.key, rest);
    return [breaks('trade-legs', paid, trade(editor, found))];
  },
};
