import { decimal, formatDecimal, UNSIGNED_DECIMAL_PATTERN, ZERO } from '@cnop/common/core/money';

/** Currencies that stand for a dollar, the best first. */
const DOLLARS = ['USD', 'USDT', 'USDC'];

/** The part of a ticker of ccxt that matters; its numbers are asked for as texts, so that no digit is lost. */
export interface Ticker {
  readonly bid?: string | undefined;
  readonly ask?: string | undefined;
  readonly last?: string | undefined;
  /** When the exchange says it was so; many do not say. */
  readonly timestamp?: number | undefined;
}

/** The market of an exchange in which an asset is traded for dollars. */
export function marketOf(symbol: string, markets: ReadonlySet<string>): string | undefined {
  return DOLLARS.filter((dollar) => dollar !== symbol)
    .map((dollar) => `${symbol}/${dollar}`)
    .find((market) => markets.has(market));
}

/** The middle between bid and ask, or the last price where one of them is missing. */
export function midOf({ bid, ask, last }: Ticker): string | undefined {
  if (isPrice(bid) && isPrice(ask)) return formatDecimal(decimal(bid).plus(ask).div('2'));
  return isPrice(last) ? formatDecimal(decimal(last)) : undefined;
}

/** When a ticker was true: never later than it was received, whatever the exchange's clock says. */
export function timeOf({ timestamp }: Ticker, receivedAtMilliseconds: number): string {
  return new Date(Math.min(timestamp ?? receivedAtMilliseconds, receivedAtMilliseconds)).toISOString();
}

function isPrice(text: string | undefined): text is string {
  return text !== undefined && UNSIGNED_DECIMAL_PATTERN.test(text) && decimal(text).gt(ZERO);
}
