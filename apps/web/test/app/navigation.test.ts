import { describe, expect, it } from 'vitest';
import { navigationFor } from '../../src/app/navigation.ts';

const places = (visitor: Parameters<typeof navigationFor>[0]) =>
  navigationFor(visitor).map(({ label }) => label);

describe('the navigation', () => {
  it('has only the markets for a visitor', () => {
    expect(places({ isSignedIn: false, role: undefined })).toEqual(['Markets']);
  });

  it.each(['admin', 'moderator'] as const)('has the administration for a %s', (role) => {
    expect(places({ isSignedIn: true, role })).toContain('Admin');
  });

  it.each(['customer', undefined] as const)('has no administration for a %s', (role) => {
    const shown = places({ isSignedIn: true, role });
    expect(shown).not.toContain('Admin');
    expect(shown).toContain('Orders');
  });
});
