import type { LinkProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

interface PageTab {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
}

interface PageTabsProps {
  /** Names the navigation for screen readers. */
  readonly label: string;
  readonly tabs: readonly PageTab[];
  /** The address of the page that is shown. */
  readonly path: string;
}

const NEAREST: ScrollIntoViewOptions = { block: 'nearest', inline: 'nearest' };

/**
 * Links to the pages of an area, as tabs. They scroll inside their own strip, and the tab of the page that is shown is
 * scrolled into view. A single page has no tabs.
 */
export function PageTabs({ label, tabs, path }: PageTabsProps) {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-current="page"]')?.scrollIntoView(NEAREST);
  }, [path]);
  if (tabs.length < 2) return null;
  return (
    <nav
      ref={strip}
      aria-label={label}
      className="flex gap-4 overflow-x-auto overscroll-x-contain border-b border-line"
    >
      {tabs.map(({ to, label: name }) => (
        <Link
          key={to}
          to={to}
          // The address of an overview is the beginning of the addresses of its neighbours.
          activeOptions={{ exact: tabs.some((tab) => tab.to.startsWith(`${to}/`)), includeSearch: false }}
          // Chromium leaves a tab that is partly visible where it is.
          onFocus={({ currentTarget }) => currentTarget.scrollIntoView(NEAREST)}
          className="flex h-10 shrink-0 items-center border-b-2 border-transparent font-medium text-muted hover:text-ink focus-visible:-outline-offset-2 data-[status=active]:border-ink data-[status=active]:text-ink"
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
