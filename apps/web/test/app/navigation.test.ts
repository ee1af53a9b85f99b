import { describe, expect, it } from 'vitest';
import { navigationFor, pagesFor, SUB_PAGES } from '../../src/app/navigation.ts';

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

describe('the tabs of an area', () => {
  it('are those that the role may see', () => {
    const everyone = { to: '/cash', label: 'For everyone' } as const;
    const pages = [everyone, { to: '/admin', label: 'For administrators', roles: ['admin'] }] as const;
    expect(pagesFor(pages, 'admin')).toEqual(pages);
    expect(pagesFor(pages, 'moderator')).toEqual([everyone]);
  });

  it.each(['cash', 'portfolio'] as const)('begin with the overview: %s', (area) => {
    expect(SUB_PAGES[area][0].to).toBe(`/${area}`);
  });
});
