import { ledgerEntryId, systemIds } from '@cnop/common/core/ids';
import { idSchema } from '@cnop/common/entities/fields';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('ids', () => {
  it('are unique and sort in the order of their creation', () => {
    const ids = Array.from({ length: 20_000 }, () => systemIds.next());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('fit the schema of ids', () => {
    const id = systemIds.next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idSchema.parse(id)).toBe(id);
  });
});

describe('the id of a ledger entry', () => {
  it('begins with the position', () => {
    expect(ledgerEntryId(1, 'x')).toBe('000000000001-x');
    expect(ledgerEntryId(999_999_999_999, 'x')).toBe('999999999999-x');
  });

  it('sorts by position with any unique part', () => {
    const position = fc.integer({ min: 1, max: 999_999_999_999 });
    fc.assert(
      fc.property(position, position, fc.uuid(), fc.uuid(), (one, other, idOfOne, idOfOther) => {
        fc.pre(one !== other);
        const isBefore = ledgerEntryId(one, idOfOne) < ledgerEntryId(other, idOfOther);
        expect(isBefore).toBe(one < other);
      }),
    );
  });

  it('fits the schema of ids', () => {
    const id = ledgerEntryId(12, systemIds.next());
    expect(idSchema.parse(id)).toBe(id);
  });
});
