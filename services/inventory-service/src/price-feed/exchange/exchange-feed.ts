import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { FeedPrice, PricedAsset, PriceFeed } from '../price-feed.ts';
import type { WatchRequest } from './exchange-messages.ts';
import { watchReplySchema } from './exchange-messages.ts';

/** The built file, also when this one runs from its source, as in tests: a child process cannot run TypeScript. */
const PROCESS_ENTRY = import.meta.url.endsWith('.ts')
  ? '../../../dist/price-feed/exchange/exchange-process.js'
  : './exchange-process.js';
const RESTART_AFTER_MILLISECONDS = 5_000;

export interface ExchangeFeedOptions extends Omit<WatchRequest, 'symbols' | 'url'> {
  readonly url: string | undefined;
  readonly logger: ServiceRuntime['logger'];
}

/**
 * Prices of a real exchange, read by a process of its own, which runs only while this process makes the prices. An asset
 * that the exchange does not trade for dollars gets no price from it.
 */
export function createExchangeFeed({ logger, url, ...options }: ExchangeFeedOptions): PriceFeed {
  const news = new Map<string, FeedPrice>();
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let watched = '';

  const hear = (message: unknown): void => {
    const reply = watchReplySchema.parse(message);
    if ('failure' in reply)
      return logger.warn(
        { exchange: options.exchange, reason: reply.failure },
        'no prices from the exchange',
      );
    for (const price of reply.prices) news.set(price.asset_id, price);
  };

  const start = (): void => {
    if (child) return;
    const started = fork(fileURLToPath(new URL(PROCESS_ENTRY, import.meta.url)), [], { execArgv: [] });
    child = started;
    watched = '';
    started.on('message', hear);
    started.once('error', (error) => logger.error({ err: error }, 'the process of the exchange failed'));
    started.once('exit', (exitCode, signal) => {
      if (child !== started) return;
      child = undefined;
      logger.error({ exitCode, signal }, 'the process of the exchange ended; starting another');
      restart = setTimeout(start, RESTART_AFTER_MILLISECONDS);
      restart.unref();
    });
    started.unref();
    started.channel?.unref();
  };

  /** Tells the process which assets there are, when it does not know yet. */
  const watch = (priced: readonly PricedAsset[]): void => {
    const symbols = Object.fromEntries(
      priced.map(({ asset }) => [asset.asset_id, asset.symbol.toUpperCase()]),
    );
    const wanted = JSON.stringify(symbols);
    if (!child?.connected || wanted === watched) return;
    watched = wanted;
    child.send({ ...options, ...(url !== undefined && { url }), symbols } satisfies WatchRequest);
  };

  return {
    source: 'exchange',
    start,
    next(priced) {
      watch(priced);
      const prices = [...news.values()];
      news.clear();
      return prices;
    },
    moveTo() {
      // The exchange does not care; its next price takes over again.
    },
    async stop() {
      clearTimeout(restart);
      const stopping = child;
      child = undefined;
      news.clear();
      if (!stopping || stopping.exitCode !== null) return;
      const ended = new Promise((resolve) => {
        stopping.once('exit', resolve);
      });
      // It holds nothing that could be lost.
      stopping.kill('SIGKILL');
      await ended;
    },
  };
}
