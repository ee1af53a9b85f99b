import type { AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { callApi } from '../http/client.ts';
import { assetAnswerSchema, assetPath } from './asset-answer.ts';

/** Edits an asset. What is not named stays as it is. */
export async function updateAsset(assetId: string, changes: AssetUpdate) {
  const path = assetPath(assetId);
  const { data } = await callApi({ method: 'PUT', path, body: changes, schema: assetAnswerSchema });
  return data;
}
