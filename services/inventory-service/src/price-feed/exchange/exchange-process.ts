import { setTimeout as wait } from 'node:timers/promises';
import { openExchange } from './ccxt-exchange.ts';
import type { WatchReply, WatchRequest } from './exchange-messages.ts';
import { watchRequestSchema } from './exchange-messages.ts';

// Entry point of the process that talks to an exchange. It is separate because ccxt takes 185 MB and most of a second to
// load, which a platform with its own prices should not pay for.

/** The pause after an exchange refused a request. */
const PAUSE_AFTER_FAILURE_MILLISECONDS = 5_000;

let request: WatchRequest | undefined;

// The parent ends this process; a signal to the whole group must not end it earlier.
process.on('SIGINT', ignore);
process.on('SIGTERM', ignore);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: unknown) => {
  const isFirst = request === undefined;
  request = watchRequestSchema.parse(message);
  if (isFirst) void watch(request);
});

async function watch(first: WatchRequest): Promise<void> {
  for (;;) {
    try {
      const exchange = await openExchange(first);
      for (;;) {
        const { symbols, pollMilliseconds } = request ?? first;
        const [prices] = await Promise.all([exchange.readPrices(symbols), wait(pollMilliseconds)]);
        reply({ prices });
      }
    } catch (error) {
      reply({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
      await wait(PAUSE_AFTER_FAILURE_MILLISECONDS);
    }
  }
}

function reply(message: WatchReply): void {
  process.send?.(message, undefined, undefined, ignore);
}

function ignore(): void {
  // Intentionally empty.
}
