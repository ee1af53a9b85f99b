import { describe, expect, it } from 'vitest';
import { readFrame } from '../../src/live/stream-frames.ts';

const frame = (type: string, data: unknown) => readFrame({ type, data: JSON.stringify(data) });

describe('a frame of the stream', () => {
  it('has a price', () => {
    const quote = {
      asset_id: 'BTC',
      bid: '99.5',
      ask: '100.5',
      mid: '100',
      at: '2026-01-31T12:00:00.000Z',
      source: 'simulated',
      seq: 7,
    };
    const { asset_id: assetId, ...price } = quote;
    expect(frame('price.updated', quote)).toEqual({ kind: 'price', assetId, price });
  });

  it('has an event of the user', () => {
    const event = {
      seq: 3,
      id: 'e-3',
      type: 'balance.changed',
      occurred_at: '2026-01-31T12:00:00.000Z',
      username: 'ada_l',
      data: { balance: { current_balance: '5.00', held_balance: '0.00' } },
    };
    expect(frame('balance.changed', event)).toEqual({ kind: 'event', event });
  });

  it('has the position of the stream and of its reset', () => {
    expect(frame('hello', { username: 'ada_l', last_seq: 4 })).toEqual({ kind: 'hello', lastSeq: 4 });
    expect(frame('reset', { after: 1, last_seq: 9 })).toEqual({ kind: 'reset', lastSeq: 9 });
  });

  it('has the reason of its end', () => {
    expect(frame('closing', { reason: 'token_expired' })).toEqual({
      kind: 'closing',
      reason: 'token_expired',
    });
    expect(frame('session.revoked', { data: {} })).toEqual({ kind: 'session-over' });
  });

  it('is ignored if it is unknown or unreadable', () => {
    expect(frame('weather.changed', { sun: true })).toBeUndefined();
    expect(frame('price.updated', { asset_id: 'BTC', mid: 'NaN' })).toBeUndefined();
    expect(readFrame({ type: 'hello', data: '{' })).toBeUndefined();
  });
});
