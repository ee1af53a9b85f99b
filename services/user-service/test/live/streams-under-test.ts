import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { EventStream, Frame } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { expect } from 'vitest';
import type { StreamLimits } from '../../src/live/stream-limits.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { startUserService } from '../user-service-under-test.ts';

export type Headers = Readonly<Record<string, string>>;

let started: UserServiceUnderTest | undefined;
let origin: string;
/** The streams that the current test has opened. */
export const streams: EventStream[] = [];

/** Returns the listening user service of the current test. */
export function service(): UserServiceUnderTest {
  if (!started) throw new Error('the service is not started yet');
  return started;
}

export async function start(streamLimits: Partial<StreamLimits> = {}, bus?: MessageBus): Promise<void> {
  started = await startUserService({ streamLimits, ...(bus && { bus }) });
  origin = await started.app.listen({ host: '127.0.0.1', port: 0 });
}

/** Closes all streams and the service; call it in `afterEach`. */
export async function stop(): Promise<void> {
  for (const stream of streams.splice(0)) stream.cut();
  await started?.stop();
  started = undefined;
}

export async function open(
  headers: Headers,
  { query = '', lastEventId }: { readonly query?: string; readonly lastEventId?: string } = {},
): Promise<EventStream> {
  const stream = await openEventStream(`${origin}/stream${query}`, { headers, lastEventId });
  streams.push(stream);
  return stream;
}

export async function deposit(headers: Headers, amount = '1.00'): Promise<void> {
  const answer = await service().call('POST', '/balance/deposit', { headers, body: { amount } });
  expect(answer.status).toBe(201);
}

/** Adds assets to the catalogue, since a stream accepts only known ones. */
export async function addAssets(...assetIds: readonly string[]): Promise<void> {
  const assets = createAssetDao(service().runtime.store);
  for (const asset_id of assetIds) await assets.createAsset(anAsset({ asset_id }));
}

export const hello = (stream: EventStream) => stream.waitFor(({ event }) => event === 'hello');
export const withSeq = (seq: number) => (frame: Frame) => frame.data['seq'] === seq;
/** Returns the ids of the received user events. */
export const ids = (stream: EventStream) =>
  stream.frames.flatMap(({ id, event }) => (id === undefined || event === 'hello' ? [] : [Number(id)]));
export const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

let quoteSeq = 0;
/** Publishes new quotes, all with the same `seq`, which is returned. */
export function publish(...assets: (readonly [assetId: string, mid: string])[]): number {
  quoteSeq += 1;
  const rest = { at: isoTime(new Date()), source: 'simulated', seq: quoteSeq } as const;
  service().runtime.quotes.publish(
    assets.map(([asset_id, price]) => {
      const mid = aPrice(price);
      return { asset_id: anAssetId(asset_id), bid: mid, ask: mid, mid, ...rest };
    }),
  );
  return quoteSeq;
}

export const prices = (stream: EventStream, assetId?: string) =>
  stream.frames.filter(
    ({ event, data }) => event === 'price.updated' && (assetId === undefined || data['asset_id'] === assetId),
  );
export const price = (mid: string) => (frame: Frame) => frame.data['mid'] === mid;
