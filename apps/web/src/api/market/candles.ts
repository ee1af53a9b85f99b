import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleSchema } from '@cnop/common/entities/inventory/candle';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const barSchema = candleSchema.omit({ asset_id: true, interval: true, source: true, quotes: true });
export type Bar = z.output<typeof barSchema>;

const answerSchema = z.object({ data: z.array(barSchema) });

export interface CandleRequest {
  readonly assetId: string;
  readonly interval: CandleInterval;
  readonly limit: number;
}

/** The latest candles of an asset, oldest first. */
export function candlesQuery({ assetId, interval, limit }: CandleRequest) {
  return queryOptions({
    queryKey: ['candles', assetId, interval, limit],
    queryFn: async ({ signal }) => {
      const path = `/inventory/assets/${encodeURIComponent(assetId)}/candles`;
      const { data } = await callApi({
        path,
        query: { interval, limit: String(limit) },
        schema: answerSchema,
        signal,
      });
      return data;
    },
  });
}
