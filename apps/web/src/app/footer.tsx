import { useState } from 'react';
import { useLoaded } from '../ui/lazy-menu.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';

const loadShortcutList = async () => (await import('./shortcut-list.tsx')).ShortcutList;

/** The footer of every page. */
export function Footer() {
  const [ShortcutList, load] = useLoaded(loadShortcutList, 'The list of shortcuts');
  const [isListed, setIsListed] = useState(false);
  const list = (): void => {
    load();
    setIsListed(true);
  };
  useShortcut('?', list);
  return (
    <footer className="mx-auto flex w-full max-w-[1680px] flex-wrap items-center justify-between gap-x-6 gap-y-1 px-3 pb-4 text-xs text-faint sm:px-4">
      <p>Cloud Native Order Processor</p>
      <div className="flex gap-5">
        <button
          type="button"
          onClick={list}
          className="hidden min-h-6 items-center gap-1.5 rounded hover:text-ink sm:inline-flex"
        >
          Keyboard shortcuts
          <kbd aria-hidden="true" className="rounded border border-line bg-surface px-1">
            ?
          </kbd>
        </button>
        <a href="/docs" className="inline-flex min-h-6 items-center rounded hover:text-ink">
          API documentation
        </a>
      </div>
      {ShortcutList && <ShortcutList isOpen={isListed} onClose={() => setIsListed(false)} />}
    </footer>
  );
}
