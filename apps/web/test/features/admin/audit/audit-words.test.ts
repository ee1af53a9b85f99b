import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import { AUDIT_EVENT_TYPES } from '@cnop/common/entities/user/audit-event';
import { describe, expect, it } from 'vitest';
import { auditWords } from '../../../../src/features/admin/audit/audit-words.ts';

/** An event without changes. */
function words(event: Partial<AuditEvent>) {
  return auditWords({ event_type: 'admin_action', detail: {}, changes: [], ...event });
}

describe('the words of a security event', () => {
  it('exist for every type and differ from its code name', () => {
    for (const event_type of AUDIT_EVENT_TYPES) {
      const { title } = words({ event_type });
      expect(title).toMatch(/^[A-Z]/);
      expect(title).not.toContain('_');
    }
  });

  it('show the old and the new value', () => {
    const changes = [{ field: 'role', before: 'customer', after: 'moderator' }];
    expect(words({ event_type: 'role_change', changes })).toMatchObject({
      title: 'Role changed',
      facts: [{ label: 'role', value: 'customer → moderator' }],
    });
  });

  it('are the same for events stored without separate changes', () => {
    const detail = { from: 'customer', to: 'moderator' };
    expect(words({ event_type: 'role_change', detail })).toMatchObject({
      facts: [{ value: 'customer → moderator' }],
    });
  });

  it('name the action of an administrator on an asset', () => {
    const detail = { action: 'update_asset', asset_id: 'BTC' };
    const changes = [
      { field: 'fee_bps', before: '10', after: '25' },
      { field: 'website', before: 'https://example.com', after: null },
    ];
    expect(words({ detail, changes })).toMatchObject({
      title: 'Asset edited',
      facts: [
        { value: 'BTC' },
        { label: 'fee bps', value: '10 → 25' },
        { label: 'website', value: 'https://example.com → —' },
      ],
    });
  });

  it('name the proposer of a price approved by another', () => {
    const detail = { action: 'approve_asset_price', asset_id: 'BTC', proposed_by: 'mary' };
    const changes = [{ field: 'current_price', before: '64000', after: '90000' }];
    expect(words({ detail, changes })).toMatchObject({
      title: 'Proposed price approved',
      facts: [
        { value: 'BTC' },
        { label: 'proposed by', value: 'mary' },
        { label: 'price', value: '64000 → 90000' },
      ],
    });
  });

  it('mark amounts as money, so that they can be hidden', () => {
    const detail = { action: 'balance adjustment', amount: '-25.00', reason: 'Fee' };
    const changes = [{ field: 'current_balance', before: '100.00', after: '75.00' }];
    expect(words({ detail, changes })).toMatchObject({
      title: 'Balance adjusted',
      facts: [
        { value: '-25.00', money: 'change' },
        { value: 'Fee' },
        { value: '100.00', money: 'balance' },
        { value: '75.00', money: 'balance' },
      ],
    });
  });

  it('show an unknown action', () => {
    expect(words({ detail: { action: 'close_market' } })).toMatchObject({
      title: 'Administration',
      facts: [{ value: 'close market' }],
    });
    expect(words({ detail: { action: 'toString' } }).title).toBe('Administration');
  });
});
