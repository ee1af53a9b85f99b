import type { Account } from './api-client.ts';
import { expectStatus } from './api-client.ts';

/**
 * Sets the spread of all assets of a running platform to 0, so that a test buys and sells at exactly the price that it
 * set.
 * @param admin an administrator
 */
export async function removeSpreads(admin: Account): Promise<void> {
  const list = await admin.send('GET', '/inventory/assets?active_only=false&limit=250');
  const { data } = expectStatus(list, 200).json<{ data: { asset_id: string; spread_bps: number }[] }>();
  for (const { asset_id, spread_bps } of data) {
    if (spread_bps === 0) continue;
    const body = { spread_bps: 0 };
    expectStatus(await admin.send('PUT', `/inventory/assets/${asset_id}`, { body }), 200);
  }
}
