import type { ServerTime } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { defineGauge } from '../core/figures.ts';

const showState = defineGauge({
  name: 'cnop_redis_up',
  help: '1 while a connection to Redis is ready, by what it is for; absent without Redis.',
  labelNames: ['use'],
});

/** The part of a client of Redis that tells its state. */
interface WatchedRedis {
  on(event: 'ready' | 'close', listener: () => void): unknown;
}

/** Reports the state of a connection to Redis. */
export function watchRedis(use: 'messages' | 'rate_limits', client: WatchedRedis): void {
  showState({ use }, 0);
  client.on('ready', () => showState({ use }, 1));
  client.on('close', () => showState({ use }, 0));
}

/** The interval at which the time of a server is read. */
const TIME_EVERY_MILLISECONDS = 60_000;
/** The same after a failure: a busy server may not answer in time. */
const TIME_AGAIN_MILLISECONDS = 1_000;

/** The part of a client of Redis that reads the time of its server: whole seconds, and microseconds of the next one. */
interface TimedRedis {
  on(event: 'ready', listener: () => void): unknown;
  time(): Promise<(number | string)[]>;
}

/**
 * Reports the time of a server after each connection and once a minute.
 * @returns a function that stops it
 */
export function reportRedisTime(client: TimedRedis, report: (time: ServerTime) => void): () => void {
  const ask = async (): Promise<void> => {
    const sentAtMilliseconds = Date.now();
    const [seconds, microseconds] = await client.time();
    report({
      sentAtMilliseconds,
      receivedAtMilliseconds: Date.now(),
      serverMilliseconds:
        Number(seconds) * MILLISECONDS_PER_SECOND +
        Math.floor(Number(microseconds) / MILLISECONDS_PER_SECOND),
      stepMilliseconds: 1,
    });
  };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const askIn = (milliseconds: number): void => {
    if (isStopped) return;
    clearTimeout(timer);
    timer = setTimeout(askNow, milliseconds);
    timer.unref();
  };
  const askNow = (): void => {
    ask().then(
      () => askIn(TIME_EVERY_MILLISECONDS),
      () => askIn(TIME_AGAIN_MILLISECONDS),
    );
  };
  client.on('ready', askNow);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
