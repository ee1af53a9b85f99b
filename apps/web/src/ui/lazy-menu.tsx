import type { ComponentType, ReactNode } from 'react';
import { lazy, Suspense, useState } from 'react';

export interface LazyMenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  /** The menu, which opens itself once it is there. */
  readonly menu: LazyMenuContent;
}

export interface LazyMenuContent {
  readonly preload: () => void;
  readonly Loaded: ComponentType<LoadedMenuProps>;
}

export type LoadedMenuProps = Pick<LazyMenuProps, 'label' | 'trigger' | 'triggerClass'>;

/** Declares a menu whose code comes when somebody is about to open it: it weighs as much as the rest of the shell. */
export function lazyMenu(load: () => Promise<ComponentType<LoadedMenuProps>>): LazyMenuContent {
  return {
    preload: () => void load().catch(() => undefined),
    Loaded: lazy(async () => ({ default: await load() })),
  };
}

export function LazyMenu({ label, trigger, triggerClass, menu }: LazyMenuProps) {
  const [isAsked, setIsAsked] = useState(false);
  const { preload, Loaded } = menu;
  const standIn = (
    <button
      type="button"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      title={label}
      className={triggerClass}
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => setIsAsked(true)}
    >
      {trigger}
    </button>
  );
  if (!isAsked) return standIn;
  return (
    <Suspense fallback={standIn}>
      <Loaded label={label} trigger={trigger} triggerClass={triggerClass} />
    </Suspense>
  );
}
