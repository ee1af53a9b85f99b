import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../src/features/admin/permissions.ts';

describe('the permissions of a role', () => {
  it('are all for an administrator', () => {
    expect(Object.values(permissionsOf('admin')).every(Boolean)).toBe(true);
  });

  it('are managing trading for a moderator', () => {
    expect(permissionsOf('moderator')).toEqual({
      managesTrading: true,
      approvesPrices: false,
      editsAssets: false,
      changesUsers: false,
      readsAudit: false,
    });
  });

  it('are none for a customer', () => {
    expect(Object.values(permissionsOf('customer')).some(Boolean)).toBe(false);
  });
});
