import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../src/features/admin/permissions.ts';

describe('what a role may do', () => {
  it('is everything for an administrator', () => {
    expect(Object.values(permissionsOf('admin')).every(Boolean)).toBe(true);
  });

  it('is steering trading and nothing else for a moderator', () => {
    expect(permissionsOf('moderator')).toEqual({
      managesTrading: true,
      approvesPrices: false,
      editsAssets: false,
      changesUsers: false,
      readsAudit: false,
    });
  });

  it('is nothing for a customer', () => {
    expect(Object.values(permissionsOf('customer')).some(Boolean)).toBe(false);
  });
});
