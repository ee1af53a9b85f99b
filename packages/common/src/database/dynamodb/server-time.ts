import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, ServerTime } from '../../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../../core/clock.ts';

/** The time between two reports: each response would prove the same. */
const REPORT_EVERY_MILLISECONDS = 1_000;

/**
 * Reports the `Date` header of responses, without requests of its own. It reads the response of each attempt before the
 * SDK does, so that it also sees responses that the SDK turns into errors, such as those for a wrong signature time; the
 * correction of signatures by the SDK is not affected.
 */
export function reportServerTime(
  client: DynamoDBClient,
  clock: Clock,
  report: (time: ServerTime) => void,
): void {
  let nextMilliseconds = Number.NEGATIVE_INFINITY;
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAtMilliseconds = clock.now().getTime();
      const output = await next(args);
      if (performance.now() < nextMilliseconds) return output;
      const serverMilliseconds = dateOf(output.response);
      if (serverMilliseconds === undefined) return output;
      nextMilliseconds = performance.now() + REPORT_EVERY_MILLISECONDS;
      report({
        sentAtMilliseconds,
        receivedAtMilliseconds: clock.now().getTime(),
        serverMilliseconds,
        stepMilliseconds: MILLISECONDS_PER_SECOND,
      });
      return output;
    },
    { step: 'deserialize', priority: 'low', name: 'reportServerTime' },
  );
}

/** Returns the `Date` of a response; undefined without one. */
function dateOf(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(headers);
  const date = entries.find(([name]) => name.toLowerCase() === 'date')?.[1];
  const milliseconds = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
