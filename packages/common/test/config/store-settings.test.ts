import { readConfig } from '@cnop/common/config/read-config';
import { storeSettings } from '@cnop/common/config/settings';
import { describe, expect, it } from 'vitest';

describe('DYNAMODB_ENDPOINT', () => {
  it.each([
    ['http://localhost:8000', 'http://localhost:8000/'],
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566/'],
    ['http://[::1]:8000', 'http://[::1]:8000/'],
    ['localhost:4566', 'http://localhost:4566/'],
    ['localhost', 'http://localhost:8000/'],
    ['127.0.0.1', 'http://127.0.0.1:8000/'],
    ['dynamodb', 'http://dynamodb:8000/'],
    ['http://localhost', 'http://localhost/'],
    ['https://dynamodb.eu-central-1.amazonaws.com', 'https://dynamodb.eu-central-1.amazonaws.com/'],
  ])('may be %s', (given, expected) => {
    expect(readConfig(storeSettings, { DYNAMODB_ENDPOINT: given }).DYNAMODB_ENDPOINT?.href).toBe(expected);
  });

  it.each(['ftp://localhost', 'local host', 'http://'])('may not be %s', (given) => {
    expect(() => readConfig(storeSettings, { DYNAMODB_ENDPOINT: given })).toThrow('DYNAMODB_ENDPOINT');
  });
});

describe('TRIGGER_INDEX_SHARDS', () => {
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
});
