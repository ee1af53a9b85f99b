/** The defaults that built entities share. */
export const BUILT_USERNAME = 'alice';
export const BUILT_ASSET_ID = 'BTC';
export const BUILT_AT = '2026-01-15T12:00:00.000Z';
export const BUILT_TIMES = { created_at: BUILT_AT, updated_at: BUILT_AT } as const;
