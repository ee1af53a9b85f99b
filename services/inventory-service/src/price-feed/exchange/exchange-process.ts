import { setTimeout as wait } from 'node:timers/promises';
import { openExchange } from './ccxt-exchange.ts';
import type { WatchReply, WatchRequest } from './exchange-messages.ts';
import { watchRequestSchema } from './exchange-messages.ts';

// The entry point of the process that talks to an exchange. It is separate because the library takes 185 MB and most of
// a second to load, which a platform that makes its own prices should not pay for.

/** An exchange that refuses us is left alone for a while. */
const PAUSE_AFTER_FAILURE_MILLISECONDS = 5_000;

let request: WatchRequest | undefined;

// A signal to the whole group must not end it before the parent has.
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
        tell({ prices });
      }
    } catch (error) {
      tell({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
      await wait(PAUSE_AFTER_FAILURE_MILLISECONDS);
    }
  }
}

function tell(reply: WatchReply): void {
  process.send?.(reply, undefined, undefined, ignore);
}

function ignore(): void {
  // On purpose.
}
