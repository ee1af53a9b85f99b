import { createTriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import { anAssetId, aTime } from '@cnop/testing/builders/brands';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { expect, it } from 'vitest';

const BTC = anAssetId('BTC');

it('a checkpoint moves forward and never back', async () => {
  const runtime = await createTestRuntime();
  const checkpoints = createTriggerCheckpointDao(runtime.store);
  const at = (seq: number) => ({
    asset_id: BTC,
    seq,
    at: aTime(`2026-01-15T12:00:0${seq}.000Z`),
  });
  expect(await checkpoints.getCheckpoint(BTC)).toBeUndefined();
  await checkpoints.advance(at(3));
  await checkpoints.advance(at(2));
  expect(await checkpoints.getCheckpoint(BTC)).toEqual(at(3));
  await checkpoints.advance(at(4));
  expect(await checkpoints.getCheckpoint(BTC)).toEqual(at(4));
  expect(await checkpoints.getCheckpoint(anAssetId('ETH'))).toBeUndefined();
  await runtime.dispose();
});
