import { ProblemError } from '@cnop/exception/problem-error';

/** 422 BUS_002: the order breaks a rule of trading. */
export class OrderRefusedError extends ProblemError {
  constructor(detail: string) {
    super('BUS_002', { detail });
  }
}

/** 422 BUS_003: the asset is unknown, or not open for trading. */
export class AssetNotTradableError extends ProblemError {
  constructor(assetId: string) {
    const detail = `${assetId} is not available for trading.`;
    super('BUS_003', {
      detail,
      errors: [{ field: 'asset_id', pointer: '/asset_id', message: detail, code: 'not_available' }],
    });
  }
}
