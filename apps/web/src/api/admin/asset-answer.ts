import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';

/** What every change of an asset answers: the asset as it is afterwards. */
export const assetAnswerSchema = z.object({ data: assetResponseSchema });

/** Where the catalogue has one asset. */
export function assetPath(assetId: string): string {
  return `/inventory/assets/${encodeURIComponent(assetId)}`;
}
