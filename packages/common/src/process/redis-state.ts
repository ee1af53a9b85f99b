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
