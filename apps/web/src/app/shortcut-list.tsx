import { Dialog } from '../ui/dialog.tsx';

const SHORTCUTS: readonly { readonly key: string; readonly does: string; readonly where: string }[] = [
  { key: '/', does: 'Search assets', where: 'Markets' },
  { key: 'B', does: 'Buy', where: 'Page of an asset' },
  { key: 'S', does: 'Sell', where: 'Page of an asset' },
  { key: 'Esc', does: 'Close what is open', where: 'Everywhere' },
  { key: '?', does: 'This list', where: 'Everywhere' },
];

export interface ShortcutListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function ShortcutList({ isOpen, onClose }: ShortcutListProps) {
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className="grid gap-3">
        {SHORTCUTS.map(({ key, does, where }) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt>
              {does} <span className="ms-1 text-sm text-faint">{where}</span>
            </dt>
            <dd>
              <kbd className="inline-block min-w-7 rounded border border-line-strong bg-sunken px-1.5 text-center text-sm text-muted">
                {key}
              </kbd>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-muted">
        Shortcuts are off while you type. Arrow keys move within tabs, choices and lists.
      </p>
    </Dialog>
  );
}
