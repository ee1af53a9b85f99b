import { SigningKeyFileError } from '@cnop/common/auth/signing-key-file';
import { ConfigError } from '@cnop/common/config/read-config';
import { StoreStartError, StoreUnavailableError } from '@cnop/common/database/store-errors';
import { explainFailure } from '@cnop/common/process/explain-failure';
import { describe, expect, it } from 'vitest';

describe('the explanation of a failed start', () => {
  it.each([ConfigError, StoreStartError, SigningKeyFileError])('is the message of a %o', (Expected) => {
    expect(explainFailure(new Expected('what happened, and what to do'))).toBe(
      'what happened, and what to do',
    );
  });

  it('adds the cause to a message for clients', () => {
    expect(explainFailure(new StoreUnavailableError(new Error('the table is gone')))).toMatch(
      /^The store is not available.* \(the table is gone\)$/,
    );
  });

  it.each(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EROFS', 'ENOSPC'])('adds a remedy to %s', (code) => {
    const text = explainFailure(Object.assign(new Error(`${code}: here`), { code }));
    expect(text).toMatch(new RegExp(`^${code}: here\\. .*(PORT|HOST|DATA_DIR)`));
    expect(text).not.toContain('\n');
  });

  it('is the stack of an error that is not expected', () => {
    expect(explainFailure(new Error('a defect'))).toContain('    at ');
    expect(explainFailure('text')).toBe('text');
  });
});
