import { anAssetId, aTime, aUsername } from './brands.ts';

/** The defaults that built entities share. */
export const BUILT_USERNAME = aUsername('alice');
export const BUILT_ASSET_ID = anAssetId('BTC');
export const BUILT_AT = aTime('2026-01-15T12:00:00.000Z');
export const BUILT_TIMES = { created_at: BUILT_AT, updated_at: BUILT_AT } as const;
