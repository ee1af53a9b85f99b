import { storeSettings } from '@cnop/common/config/settings';
import { expect, it } from 'vitest';

const shardsOf = (text?: string) =>
  storeSettings.safeParse(text === undefined ? {} : { TRIGGER_INDEX_SHARDS: text }).data
    ?.TRIGGER_INDEX_SHARDS;

it('takes one number of shards, or those that are written and those that are read', () => {
  expect(shardsOf()).toEqual({ written: 1, read: 1 });
  expect(shardsOf('8')).toEqual({ written: 8, read: 8 });
  expect(shardsOf('1:8')).toEqual({ written: 1, read: 8 });
});

it.each(['0', '8:1', '65', '1:65', '-1', '1:', 'eight', ''])('refuses %j shards', (text) => {
  expect(shardsOf(text)).toBeUndefined();
});
