import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatDecimal, UNSIGNED_DECIMAL_PATTERN, ZERO } from '@cnop/common/core/money';
import type { Exchange } from 'ccxt';
import type { WatchRequest } from './exchange-messages.ts';

const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
const ORIGIN_PATTERN = /^https?:\/\/[^/]+/;

/** The price of an asset at the exchange. */
export interface ExchangePrice {
  readonly asset_id: string;
  readonly mid: string;
  readonly at: IsoTime;
}

/** The public API of an exchange. */
export interface OpenedExchange {
  /**
   * Reads the prices of assets; assets without a dollar market at this exchange are left out.
   * @param symbols the symbol of each asset at the exchange, by asset id
   * @throws Error when none of the assets has a dollar market, or the request fails
   */
  readPrices(symbols: Readonly<Record<string, string>>): Promise<ExchangePrice[]>;
}

/**
 * Opens the public API of an exchange and loads its markets.
 * @throws Error when ccxt is not installed, does not know the exchange or cannot reach it
 */
export async function openExchange({ exchange: id, url }: WatchRequest): Promise<OpenedExchange> {
  const { default: ccxt } = await import('ccxt');
  if (!ccxt.exchanges.includes(id)) throw new Error(`there is no exchange ${id}`);
  const known = ccxt as unknown as Readonly<Record<string, new (options: object) => Exchange>>;
  const Exchange = known[id];
  if (!Exchange) throw new Error(`there is no exchange ${id}`);
  // Numbers as texts: a float is not the price that was quoted.
  const exchange = new Exchange({
    number: String,
    timeout: REQUEST_TIMEOUT_MILLISECONDS,
    enableRateLimit: true,
  });
  if (url !== undefined) redirect(exchange, url);
  await exchange.loadMarkets();
  const markets = new Set(exchange.symbols);
  return {
    async readPrices(symbols) {
      const wanted = new Map<string, string>();
      for (const [assetId, symbol] of Object.entries(symbols)) {
        const market = marketOf(symbol, markets);
        if (market !== undefined) wanted.set(market, assetId);
      }
      if (wanted.size === 0) throw new Error(`${id} trades none of the assets for dollars`);
      const tickers = await exchange.fetchTickers([...wanted.keys()]);
      const receivedAt = Date.now();
      return [...wanted].flatMap(([market, asset_id]) => {
        const ticker = tickers[market] as Ticker | undefined;
        const mid = ticker && midOf(ticker);
        return mid === undefined ? [] : [{ asset_id, mid, at: timeOf(ticker ?? {}, receivedAt) }];
      });
    },
  };
}

/** Redirects all requests to another origin. */
function redirect(exchange: Exchange, url: string): void {
  const origin = url.replace(/\/$/, '');
  const redirected = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(ORIGIN_PATTERN, origin);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redirected(part)]));
  };
  const urls = exchange.urls as Record<string, unknown>;
  urls['api'] = redirected(urls['api']);
}

/** Currencies that stand for the dollar, in order of preference. */
const DOLLARS = ['USD', 'USDT', 'USDC'];

/** The fields of a ccxt ticker that prices need, with numbers as texts. */
interface Ticker {
  readonly bid?: string | undefined;
  readonly ask?: string | undefined;
  readonly last?: string | undefined;
  /** Milliseconds since the epoch, by the clock of the exchange; many exchanges omit it. */
  readonly timestamp?: number | undefined;
}

/** Returns the market of an exchange in which an asset is traded for dollars. */
export function marketOf(symbol: string, markets: ReadonlySet<string>): string | undefined {
  return DOLLARS.filter((dollar) => dollar !== symbol)
    .map((dollar) => `${symbol}/${dollar}`)
    .find((market) => markets.has(market));
}

/** Returns the middle between bid and ask, or the last price where one of them is missing. */
export function midOf({ bid, ask, last }: Ticker): string | undefined {
  if (isPrice(bid) && isPrice(ask)) return formatDecimal(decimal(bid).plus(ask).div('2'));
  return isPrice(last) ? formatDecimal(decimal(last)) : undefined;
}

/** Returns the time of a ticker, which is never later than the time at which it was received. */
export function timeOf({ timestamp }: Ticker, receivedAtMilliseconds: number): IsoTime {
  return isoTime(new Date(Math.min(timestamp ?? receivedAtMilliseconds, receivedAtMilliseconds)));
}

function isPrice(text: string | undefined): text is string {
  return text !== undefined && UNSIGNED_DECIMAL_PATTERN.test(text) && decimal(text).gt(ZERO);
}
