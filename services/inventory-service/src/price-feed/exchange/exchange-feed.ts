import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AssetId } from '@cnop/common/core/brands';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { FeedPrice, PricedAsset, PriceFeed } from '../price-feed.ts';
import type { WatchRequest } from './exchange-messages.ts';
import { watchReplySchema } from './exchange-messages.ts';

/** The built file, also when this module runs from its source: a child process cannot run TypeScript. */
const PROCESS_ENTRY = import.meta.url.endsWith('.ts')
  ? '../../../dist/price-feed/exchange/exchange-process.js'
  : './exchange-process.js';
const RESTART_AFTER_MILLISECONDS = 5_000;

export interface ExchangeFeedOptions extends Omit<WatchRequest, 'symbols' | 'url'> {
  readonly url: string | undefined;
  readonly logger: ServiceRuntime['logger'];
}

/**
 * Creates a feed of the prices of a real exchange. A child process polls the exchange while this instance makes prices, and
 * is restarted when it fails. Assets without a dollar market at the exchange get no prices.
 */
export function createExchangeFeed({ logger, url, ...options }: ExchangeFeedOptions): PriceFeed {
  const latest = new Map<AssetId, FeedPrice>();
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let watched = '';

  const receive = (message: unknown): void => {
    const reply = watchReplySchema.parse(message);
    if ('failure' in reply)
      return logger.warn(
        { exchange: options.exchange, reason: reply.failure },
        'no prices from the exchange',
      );
    for (const price of reply.prices) latest.set(price.asset_id, price);
  };

  const start = (): void => {
    if (child) return;
    const started = fork(fileURLToPath(new URL(PROCESS_ENTRY, import.meta.url)), [], { execArgv: [] });
    child = started;
    watched = '';
    started.on('message', receive);
    started.once('error', (error) => logger.error({ err: error }, 'the exchange process failed'));
    started.once('exit', (exitCode, signal) => {
      if (child !== started) return;
      child = undefined;
      logger.error({ exitCode, signal }, 'the exchange process ended; restarting it');
      restart = setTimeout(start, RESTART_AFTER_MILLISECONDS);
      restart.unref();
    });
    started.unref();
    started.channel?.unref();
  };

  /** Sends the assets to the process when they have changed. */
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
      const prices = [...latest.values()];
      latest.clear();
      return prices;
    },
    moveTo() {
      // The next price of the exchange replaces the one that was set.
    },
    async stop() {
      clearTimeout(restart);
      const stopping = child;
      child = undefined;
      latest.clear();
      if (!stopping || stopping.exitCode !== null) return;
      const ended = new Promise((resolve) => {
        stopping.once('exit', resolve);
      });
      // The process has no state to lose.
      stopping.kill('SIGKILL');
      await ended;
    },
  };
}
