import type { z } from 'zod';

/** A text whose type says what it means. It is a plain string at run time. */
type Branded<Name extends string> = string & z.$brand<Name>;

/** The name of a user, in lower case. */
export type Username = Branded<'Username'>;
/** The id of an asset, in upper case: `BTC`. */
export type AssetId = Branded<'AssetId'>;
/** The id of an order. */
export type OrderId = Branded<'OrderId'>;
/** The id of a ledger entry or of a trade. */
export type TransactionId = Branded<'TransactionId'>;
/** The id of a session. */
export type SessionId = Branded<'SessionId'>;
/** The id of an event of a user, or of an audit event. */
export type EventId = Branded<'EventId'>;
/** The id of a price proposal. */
export type ProposalId = Branded<'ProposalId'>;
/** The id of a deposit or withdrawal that a provider carries out. */
export type PaymentId = Branded<'PaymentId'>;
export type RecurringBuyId = Branded<'RecurringBuyId'>;
/** The id of an airdrop. */
export type AirdropId = Branded<'AirdropId'>;
/** An id that no entity has yet: it may become the id of any. */
export type NewId = Branded<
  | 'OrderId'
  | 'TransactionId'
  | 'SessionId'
  | 'EventId'
  | 'ProposalId'
  | 'ConversionId'
  | 'PaymentId'
  | 'RecurringBuyId'
  | 'ClientOrderId'
  | 'AirdropId'
>;
/** The name of an account of the house, outside of the platform or of another user: `house:fee`. */
export type LedgerAccount = Branded<'LedgerAccount'>;
/** A client's own name for an order. */
export type ClientOrderId = Branded<'ClientOrderId'>;

/** A time in UTC with milliseconds, as RFC 3339: `2026-01-31T12:00:00.000Z`. These sort as the times do. */
export type IsoTime = Branded<'IsoTime'>;

/** An amount in USD, with at most two fraction digits; of either sign. */
export type Usd = Branded<'Usd'>;
/** An amount of cash in the currency of its wallet; of either sign. */
export type Amount = Branded<'Amount'>;
/** A number of units of an asset. */
export type Quantity = Branded<'Quantity'>;
/** A price in USD per unit, or a distance between two. */
export type Price = Branded<'Price'>;

/** Returns a time as it is stored and sent. */
export function isoTime(at: Date): IsoTime {
  return branded<IsoTime>(at.toISOString());
}

/** Returns a new unique text as an id. */
export function newId(text: string): NewId {
  return branded<NewId>(text);
}

/** Returns the id of a ledger entry. */
export function transactionId(text: string): TransactionId {
  return branded<TransactionId>(text);
}

/** Returns the name of a ledger account in a text that was made for one. Checks nothing. */
export function ledgerAccount(text: string): LedgerAccount {
  return branded<LedgerAccount>(text);
}

/** Returns the username in a text that was made from one, such as a key of the store. Checks nothing. */
export function knownUsername(text: string): Username {
  return branded<Username>(text);
}

/** Returns the asset id in a text that was made from one. Checks nothing. */
export function knownAssetId(text: string): AssetId {
  return branded<AssetId>(text);
}

/** Returns the order id in a text that was made from one. Checks nothing. */
export function knownOrderId(text: string): OrderId {
  return branded<OrderId>(text);
}

/** Returns the id of a recurring buy in a text that was made from one. Checks nothing. */
export function knownRecurringBuyId(text: string): RecurringBuyId {
  return branded<RecurringBuyId>(text);
}

/** Returns the payment id in a text that was made from one. Checks nothing. */
export function knownPaymentId(text: string): PaymentId {
  return branded<PaymentId>(text);
}

/** Returns the text of an amount in USD. Checks nothing. */
export function knownUsd(text: string): Usd {
  return branded<Usd>(text);
}

/** Returns the text of an amount in the currency of a wallet. Checks nothing. */
export function knownAmount(text: string): Amount {
  return branded<Amount>(text);
}

/** Returns the text of a quantity. Checks nothing. */
export function knownQuantity(text: string): Quantity {
  return branded<Quantity>(text);
}

/** Returns the text of a price. Checks nothing. */
export function knownPrice(text: string): Price {
  return branded<Price>(text);
}

/** The only cast to a brand. Text from outside gets its brand from a schema, which checks its form. */
function branded<Text extends Branded<string>>(text: string): Text {
  return text as Text;
}
