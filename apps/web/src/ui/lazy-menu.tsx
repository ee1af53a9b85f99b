import type { ComponentType, ReactNode } from 'react';
import { useLoaded } from './use-loaded.ts';

export interface LazyMenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  /** Loads the menu, which opens itself once it is there: it weighs as much as the rest of the shell. */
  readonly load: () => Promise<ComponentType<LoadedMenuProps>>;
}

export type LoadedMenuProps = Pick<LazyMenuProps, 'label' | 'trigger' | 'triggerClass'>;

/** A menu whose code comes when somebody is about to open it. */
export function LazyMenu({ load, ...look }: LazyMenuProps) {
  const [Loaded, ask] = useLoaded(load, 'The menu');
  if (Loaded) return <Loaded {...look} />;
  const { label, trigger, triggerClass } = look;
  const preload = (): void => void load().catch(() => undefined);
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
      onClick={ask}
    >
      {trigger}
    </button>
  );
}
