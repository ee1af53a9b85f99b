import { awsClientConfig } from '@cnop/common/aws/client-config';
import { describe, expect, it } from 'vitest';

describe('the configuration of an AWS client', () => {
  it('has every timeout and enforces them', () => {
    expect(awsClientConfig({ region: 'eu-central-1' })).toEqual({
      region: 'eu-central-1',
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: 1_000,
        requestTimeout: 2_500,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets: 100 },
        httpsAgent: { keepAlive: true, maxSockets: 100 },
      },
    });
  });

  it('leaves credentials to the SDK by default', () => {
    expect(awsClientConfig({ region: 'eu-central-1' })).not.toHaveProperty('credentials');
  });

  it('uses the given options', () => {
    const keys = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };
    const config = awsClientConfig({
      region: 'eu-central-1',
      endpoint: 'http://localhost:8000',
      keys,
      timeouts: { connectionMilliseconds: 1, requestMilliseconds: 2 },
      maxAttempts: 1,
      maxConnections: 5,
    });
    expect(config).toMatchObject({
      endpoint: 'http://localhost:8000',
      credentials: keys,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1, requestTimeout: 2, httpsAgent: { maxSockets: 5 } },
    });
  });
});
