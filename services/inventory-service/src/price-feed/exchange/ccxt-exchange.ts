import type { Exchange } from 'ccxt';
import type { WatchRequest } from './exchange-messages.ts';
import type { Ticker } from './tickers.ts';
import { marketOf, midOf, timeOf } from './tickers.ts';

const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
const ORIGIN_PATTERN = /^https?:\/\/[^/]+/;

export interface ExchangePrice {
  readonly asset_id: string;
  readonly mid: string;
  readonly at: string;
}

export interface OpenedExchange {
  /** @param symbols what each asset is called, by its id; those that are not traded here for dollars are left out */
  readPrices(symbols: Readonly<Record<string, string>>): Promise<ExchangePrice[]>;
}

/**
 * Connects to the public side of an exchange and reads what is traded there.
 * @throws Error when ccxt is not installed, does not know the exchange or cannot reach it
 */
export async function openExchange({ exchange: id, url }: WatchRequest): Promise<OpenedExchange> {
  const { default: ccxt } = await import('ccxt');
  if (!ccxt.exchanges.includes(id)) throw new Error(`there is no exchange ${id}`);
  const known = ccxt as unknown as Readonly<Record<string, new (options: object) => Exchange>>;
  const Exchange = known[id];
  if (!Exchange) throw new Error(`there is no exchange ${id}`);
  // Numbers as texts: a price that became a floating-point number is not the price that was quoted.
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

/** Sends everything that would go to the exchange somewhere else. */
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
