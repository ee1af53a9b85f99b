import type { AssetChange } from '@cnop/common/entities/inventory/asset-status';
import { applyChange, DelistedError, switchTrading } from '@cnop/common/entities/inventory/asset-status';
import { StateConflictError } from '@cnop/exception/errors';
import { anAsset } from '@cnop/testing/builders/inventory';
import { describe, expect, it } from 'vitest';

const AT = new Date('2026-03-01T09:00:00.000Z');

describe('switching the trading of an asset', () => {
  it.each([
    ['active', 'cancel_only'],
    ['cancel_only', 'active'],
    ['close_only', 'active'],
    ['suspended', 'cancel_only'],
  ] as const)('changes the status from %s to %s', (from, to) => {
    const asset = anAsset({ status: from });
    const expected = { ...asset, status: to, updated_at: AT.toISOString() };
    expect(switchTrading(asset, to, AT)).toEqual(expected);
  });

  it('returns the same object when the status does not change', () => {
    const asset = anAsset({ status: 'cancel_only' });
    expect(switchTrading(asset, 'cancel_only', AT)).toBe(asset);
  });

  it.each(['active', 'cancel_only'] as const)('does not make a delisted asset %s', (status) => {
    expect(() => switchTrading(anAsset({ status: 'delisted' }), status, AT)).toThrow(DelistedError);
  });
});

describe('a change of an asset', () => {
  it('keeps its id and the fields of its settlement', () => {
    const settlement = { settlement_price: '7', delisted_at: AT.toISOString(), settled_at: AT.toISOString() };
    const asset = anAsset({ status: 'delisted', ...settlement });
    const forged = { ...anAsset({ asset_id: 'OTHER', settlement_price: '9' }), status: asset.status };
    expect(applyChange(asset, { ...forged, name: 'New' })).toEqual({
      ...forged,
      ...settlement,
      asset_id: asset.asset_id,
      name: 'New',
    });
  });

  it.each([
    ['delisted', { status: 'active' }, DelistedError],
    ['delisted', { status: 'cancel_only' }, DelistedError],
    ['active', { status: 'delisted' }, StateConflictError],
    ['suspended', { status: 'delisted' }, StateConflictError],
  ] as const)('of status %s refuses %j', (status, change: AssetChange, error) => {
    expect(() => applyChange(anAsset({ status }), change)).toThrow(error);
  });
});
