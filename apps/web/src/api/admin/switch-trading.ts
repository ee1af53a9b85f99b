import { callApi } from '../http/client.ts';
import { assetAnswerSchema, assetPath } from './asset-answer.ts';

export type Switch = 'activate' | 'deactivate';

/** Opens an asset for trading or closes it; doing so again changes nothing. */
export async function switchTrading(assetId: string, to: Switch) {
  const path = `${assetPath(assetId)}/${to}`;
  const { data } = await callApi({ method: 'POST', path, schema: assetAnswerSchema });
  return data;
}
