import type { AssetCreate } from '@cnop/common/entities/inventory/asset-input';
import { callApi } from '../http/client.ts';
import { assetAnswerSchema } from './asset-answer.ts';

/** Adds an asset to the catalogue; its id makes a second attempt a refusal, never a second asset. */
export async function createAsset(body: AssetCreate) {
  const { data } = await callApi({
    method: 'POST',
    path: '/inventory/assets',
    body,
    schema: assetAnswerSchema,
  });
  return data;
}
