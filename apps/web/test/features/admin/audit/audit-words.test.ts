import { AUDIT_EVENT_TYPES } from '@cnop/common/entities/user/audit-event';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../src/features/admin/audit/audit-words.ts';

describe('the words for a security event', () => {
  it('are there for every type, and none is the name of the code', () => {
    for (const event_type of AUDIT_EVENT_TYPES) {
      const { title } = wordsOf({ event_type, detail: {} });
      expect(title).toMatch(/^[A-Z]/);
      expect(title).not.toContain('_');
    }
  });

  it('say from what to what something changed', () => {
    const detail = { from: 'customer', to: 'moderator' };
    expect(wordsOf({ event_type: 'role_change', detail })).toMatchObject({
      title: 'Role changed',
      facts: [{ value: 'customer → moderator' }],
    });
  });

  it('say what an administrator did with an asset', () => {
    const detail = {
      action: 'set_asset_price',
      asset_id: 'BTC',
      current_price: '64000 -> 65000',
      fields: 'name, fee_bps',
    };
    expect(wordsOf({ event_type: 'admin_action', detail })).toMatchObject({
      title: 'Price set',
      facts: [
        { value: 'BTC' },
        { label: 'price', value: '64000 → 65000' },
        { label: 'changed', value: 'name, fee bps' },
      ],
    });
  });

  it('mark an amount of somebody as money, so that hiding amounts hides it', () => {
    const detail = { action: 'balance adjustment', amount: '-25.00' };
    expect(wordsOf({ event_type: 'admin_action', detail })).toMatchObject({
      title: 'Balance adjusted',
      facts: [{ value: '-25.00', isMoney: true }],
    });
  });

  it('tell an action that this version of the app does not know', () => {
    const detail = { action: 'close_market' };
    expect(wordsOf({ event_type: 'admin_action', detail })).toMatchObject({
      title: 'Administration',
      facts: [{ value: 'close market' }],
    });
    expect(wordsOf({ event_type: 'admin_action', detail: { action: 'toString' } }).title).toBe(
      'Administration',
    );
  });
});
