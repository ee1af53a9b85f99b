import { describe } from 'vitest';
import { describeAccountJourneys } from '../support/account-journeys.ts';
import { describeExactlyOnce } from '../support/exactly-once.ts';
import { onPlatform } from '../support/on-platform.ts';
import { startOverLmdb } from '../support/platform.ts';
import { describeTradingJourneys } from '../support/trading-journeys.ts';

// An ended session, an answer to a key and a balance are known to a process through the store alone if another one wrote
// them.
describe('two processes of each service, over one folder', () => {
  onPlatform(
    (cleanup) => startOverLmdb(cleanup, { instances: { user: 2, order: 2 } }),
    (platformOf) => {
      describeAccountJourneys(platformOf, { sessionsEndAtOnce: false });
      describeTradingJourneys(platformOf);
      describeExactlyOnce(platformOf, { withdrawals: 50, keys: 40, copiesPerKey: 5 });
    },
  );
});
