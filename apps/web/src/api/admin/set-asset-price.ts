import { callApi } from '../http/client.ts';
import { assetAnswerSchema, assetPath } from './asset-answer.ts';

/** @param price USD per unit, with no more fraction digits than the asset's prices have */
export async function setAssetPrice(assetId: string, price: string) {
  const path = `${assetPath(assetId)}/price`;
  const { data } = await callApi({ method: 'PUT', path, body: { price }, schema: assetAnswerSchema });
  return data;
}
