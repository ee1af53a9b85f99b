import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { describe } from 'vitest';
import { describeAccountJourneys } from '../support/account-journeys.ts';
import { describeExactlyOnce } from '../support/exactly-once.ts';
import { onPlatform } from '../support/on-platform.ts';
import { startOverDynamoDb } from '../support/platform.ts';
import { describeTradingJourneys } from '../support/trading-journeys.ts';

const reason = whyNoDynamoDb() ?? whyNoRedis();
// An ended session, an answer to a key and a balance are known to a process through the store alone if another one wrote
// them.
describe.skipIf(reason !== undefined)(
  `two gateways and two processes of each service, over DynamoDB and Redis${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    onPlatform(
      async (cleanup) => {
        const redis = await startRedisServer();
        cleanup.defer(() => redis.stop());
        return startOverDynamoDb(cleanup, {
          instances: { gateway: 2, user: 2, order: 2, inventory: 2 },
          env: { REDIS_URL: redis.url.href },
        });
      },
      (platformOf) => {
        describeAccountJourneys(platformOf, { sessionsEndAtOnce: false });
        describeTradingJourneys(platformOf);
        describeExactlyOnce(platformOf, { withdrawals: 20, keys: 10, copiesPerKey: 5 });
      },
    );
  },
);
