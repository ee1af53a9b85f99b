import { Redis } from 'ioredis';
import type { ServerTime } from '../../core/clock.ts';
import { reportRedisTime, watchRedis } from '../../process/redis-state.ts';
import type { SharedCounter } from '../shared-counter.ts';
import { CounterAwayError, WINDOW_SECONDS } from '../shared-counter.ts';

const KEY_PREFIX = 'cnop:limit:';
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
/** The time that a request waits for its count. */
const ANSWER_TIMEOUT_MILLISECONDS = 250;
/** After a timeout, requests fail at once for this long instead of waiting for the server. */
const AWAY_MILLISECONDS = 1_000;
const RETRY_MILLISECONDS = 500;
const FORGET = 0;
const REMEMBER = 1;

/**
 * Counts per second, like the counter of a single gateway. The oldest second counts until all of it has left the
 * window, so that no window ever has more requests than the limit. Redis runs a script atomically, so concurrent
 * requests to several gateways are counted one after the other.
 */
const COUNT = `
  local window = tonumber(ARGV[2])
  local now = tonumber(redis.call('TIME')[1])
  local total, first = 0, now
  local seconds = redis.call('HGETALL', KEYS[1])
  for i = 1, #seconds, 2 do
    local second = tonumber(seconds[i])
    if second < now - window then
      redis.call('HDEL', KEYS[1], seconds[i])
    else
      total = total + tonumber(seconds[i + 1])
      first = math.min(first, second)
    end
  end
  local limit = tonumber(ARGV[1])
  if total >= limit then
    return {0, 0, first + window + 1 - now}
  end
  if ARGV[3] == '${REMEMBER}' then
    redis.call('HINCRBY', KEYS[1], now, 1)
    redis.call('EXPIRE', KEYS[1], window + 1)
  end
  return {1, limit - total - 1, 0}
`;

/** The server of a shared counter. */
export interface RedisSharedCounterOptions {
  readonly url: URL;
  /** Called when the server is lost; the counter reconnects by itself. */
  readonly onTrouble: (error: Error) => void;
  /** Called with the time of the server after each connection and about once a minute. */
  readonly onServerTime?: ((time: ServerTime) => void) | undefined;
  readonly windowSeconds?: number;
  /** The time after which a server that does not answer counts as lost. */
  readonly answerTimeoutMilliseconds?: number;
}

type Answer = readonly [isAllowed: number, remaining: number, waitSeconds: number];

/** Creates the shared counter of several gateways over Redis. */
export function createRedisSharedCounter({
  url,
  onTrouble,
  onServerTime,
  windowSeconds = WINDOW_SECONDS,
  answerTimeoutMilliseconds = ANSWER_TIMEOUT_MILLISECONDS,
}: RedisSharedCounterOptions): SharedCounter {
  const redis = new Redis(url.href, {
    connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    commandTimeout: answerTimeoutMilliseconds,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RETRY_MILLISECONDS,
    scripts: { count: { lua: COUNT, numberOfKeys: 1 } },
  });
  let awayUntilMilliseconds = 0;
  let isTroubleKnown = false;
  const reportOnce = (error: Error): void => {
    if (!isTroubleKnown) onTrouble(error);
    isTroubleKnown = true;
  };
  redis.on('error', reportOnce);
  watchRedis('rate_limits', redis);
  const stopTime = onServerTime && reportRedisTime(redis, onServerTime);

  async function count(
    client: string,
    limit: number,
    mode: typeof FORGET | typeof REMEMBER,
  ): Promise<Answer> {
    if (redis.status !== 'ready' || performance.now() < awayUntilMilliseconds) throw new CounterAwayError();
    try {
      const answer = await (redis as unknown as CountingRedis).count(
        KEY_PREFIX + client,
        limit,
        windowSeconds,
        mode,
      );
      isTroubleKnown = false;
      return answer;
    } catch (error) {
      awayUntilMilliseconds = performance.now() + AWAY_MILLISECONDS;
      reportOnce(error as Error);
      throw new CounterAwayError(error);
    }
  }

  return {
    async take(client, limit) {
      const [isAllowed, remaining, waitSeconds] = await count(client, limit, REMEMBER);
      return { isAllowed: isAllowed === 1, remaining, waitSeconds };
    },
    async waitSeconds(client, limit) {
      const [, , waitSeconds] = await count(client, limit, FORGET);
      return waitSeconds;
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      stopTime?.();
      redis.disconnect();
    },
  };
}

/** The method that the client has for the script above, which is missing in its type. */
interface CountingRedis {
  count(key: string, limit: number, windowSeconds: number, mode: number): Promise<Answer>;
}
