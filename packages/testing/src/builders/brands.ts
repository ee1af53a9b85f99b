import type {
  AirdropId,
  Amount,
  AssetId,
  ClientOrderId,
  EventId,
  IsoTime,
  OrderId,
  Price,
  Quantity,
  SessionId,
  TransactionId,
  Usd,
  Username,
} from '@cnop/common/core/brands';
import {
  airdropIdSchema,
  amountSchema,
  assetIdSchema,
  clientOrderIdSchema,
  eventIdSchema,
  nonNegativeQuantitySchema,
  orderIdSchema,
  priceSchema,
  sessionIdSchema,
  signedUsdSchema,
  timestampSchema,
  transactionIdSchema,
  usernameSchema,
} from '@cnop/common/entities/fields';

/** Returns a username: 3-50 letters, digits and underscores. */
export function aUsername(text: string): Username {
  return usernameSchema.parse(text);
}

/** Returns the id of an asset, such as `BTC`. */
export function anAssetId(text: string): AssetId {
  return assetIdSchema.parse(text);
}

/** Returns the id of an order. */
export function anOrderId(text: string): OrderId {
  return orderIdSchema.parse(text);
}

/** Returns a client's own name for an order. */
export function aClientOrderId(text: string): ClientOrderId {
  return clientOrderIdSchema.parse(text);
}

/** Returns the id of a ledger entry or a trade. */
export function aTransactionId(text: string): TransactionId {
  return transactionIdSchema.parse(text);
}

/** Returns the id of an airdrop. */
export function anAirdropId(text: string): AirdropId {
  return airdropIdSchema.parse(text);
}

/** Returns the id of a session. */
export function aSessionId(text: string): SessionId {
  return sessionIdSchema.parse(text);
}

/** Returns the id of an event. */
export function anEventId(text: string): EventId {
  return eventIdSchema.parse(text);
}

/**
 * Returns a time.
 * @param text in UTC with milliseconds: `2026-01-15T12:00:00.000Z`
 */
export function aTime(text: string): IsoTime {
  return timestampSchema.parse(text);
}

/** Returns an amount in USD of either sign. */
export function aUsd(text: string): Usd {
  return signedUsdSchema.parse(text);
}

/** Returns an amount of cash in any currency, from zero. */
export function anAmount(text: string): Amount {
  return amountSchema.parse(text);
}

/** Returns a number of units from zero. */
export function aQuantity(text: string): Quantity {
  return nonNegativeQuantitySchema.parse(text);
}

/** Returns a price above zero, in USD per unit. */
export function aPrice(text: string): Price {
  return priceSchema.parse(text);
}
