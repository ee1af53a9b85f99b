import { isoTime } from '@cnop/common/core/brands';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { createLogger } from '@cnop/common/process/logger';
import { planHouseBook, projectHouseBook } from '@cnop/user-service/house-book/use-cases/project-house-book';
import type { Measurement } from './measurement.ts';

const HOUSE_BOOK_SECONDS = 1;
/** Signed up before. */
const TRADER = 'bobby_example_123';

/** Measures the house book: what it costs a user, an order, and staff who read it. */
export async function measureTreasury({
  platform,
  measure,
  measureWork,
  call,
  signIn,
}: Measurement): Promise<void> {
  const { store, clock } = platform;
  const parts = { ...platform, houseBookSeconds: HOUSE_BOOK_SECONDS, log: createLogger({ level: 'silent' }) };

  async function measurePass(name: string | undefined): Promise<void> {
    platform.advanceSeconds(HOUSE_BOOK_SECONDS);
    const now = { at: isoTime(clock.now()), limit: 1 };
    const [work] = (await createDueWorkDao(store).getDue('house_book', now)).items;
    const pass = async (): Promise<void> => work && projectHouseBook(parts, work);
    await (name === undefined ? pass() : measureWork(name, pass));
  }

  await planHouseBook(platform);
  await measurePass(undefined);
  await measurePass('house book: a pass over two users without news');
  const token = await signIn(TRADER);
  const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' };
  await call({ method: 'POST', path: '/orders', token, body });
  await measurePass('house book: the same, with one order');
  await measure('own analytics of 30 days', { method: 'GET', path: '/analytics/me', token });
  await measure('analytics of an asset, 30 days', { method: 'GET', path: '/analytics/assets/BTC', token });
}
