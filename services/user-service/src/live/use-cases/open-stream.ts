import type { ServerResponse } from 'node:http';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { StreamRequest } from '../stream-hub.ts';

/**
 * Opens a live stream of a user's events and of the prices of known assets; it runs until it closes.
 * @param takeOver called when the stream can no longer be refused; returns the response to write to
 * @throws NotFoundError (404) for an unknown asset
 * @throws RateLimitedError (429) when the user has too many streams
 * @throws UnavailableError (503) when the process has too many streams or is shutting down
 * @see docs/reference/events.md
 */
export async function openStream(
  { assets, streams }: Pick<UserDependencies, 'assets' | 'streams'>,
  request: StreamRequest,
  takeOver: () => ServerResponse,
): Promise<void> {
  const { prices } = request;
  if (prices !== undefined && prices !== 'all') await assets.assertKnown(prices);
  await streams.open(request, takeOver);
}
