import type { ComponentType, ReactNode } from 'react';
import { useState } from 'react';
import { notify } from './notices.ts';

export interface LazyMenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  /** Loads the menu, which opens itself once it is there: it weighs as much as the rest of the shell. */
  readonly load: LoadMenu;
}

export type LoadMenu = () => Promise<ComponentType<LoadedMenuProps>>;
export type LoadedMenuProps = Pick<LazyMenuProps, 'label' | 'trigger' | 'triggerClass'>;

/** A menu whose code comes when somebody is about to open it. */
export function LazyMenu({ load, ...look }: LazyMenuProps) {
  const [Loaded, setLoaded] = useState<ComponentType<LoadedMenuProps>>();
  if (Loaded) return <Loaded {...look} />;

  const preload = (): void => void load().catch(() => undefined);
  const open = (): void => {
    load()
      .then((menu) => setLoaded(() => menu))
      // A menu that is not there is no reason to take the page away.
      .catch(() =>
        notify({
          tone: 'failure',
          title: 'The menu could not be loaded',
          description: 'Try again once the server can be reached.',
        }),
      );
  };
  const { label, trigger, triggerClass } = look;
  return (
    <button
      type="button"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      title={label}
      className={triggerClass}
      onPointerEnter={preload}
      onFocus={preload}
      onClick={open}
    >
      {trigger}
    </button>
  );
}
