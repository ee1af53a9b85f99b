import type { ComponentType, ReactNode } from 'react';
import { useState } from 'react';
import { notify } from './notices.ts';

interface LazyMenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  /** Loads the menu, which opens itself once loaded. It is as large as the rest of the shell. */
  readonly load: () => Promise<ComponentType<LoadedMenuProps>>;
}

export type LoadedMenuProps = Pick<LazyMenuProps, 'label' | 'trigger' | 'triggerClass'>;

/** A menu whose code is loaded when it is about to be opened. */
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

/**
 * Loads a component on demand. If that fails it shows a notice, and the page stays.
 * @param name of the component, in the notice
 */
export function useLoaded<Props>(
  load: () => Promise<ComponentType<Props>>,
  name: string,
): readonly [ComponentType<Props> | undefined, () => void] {
  const [Loaded, setLoaded] = useState<ComponentType<Props>>();
  const ask = (): void => {
    load()
      .then((part) => setLoaded(() => part))
      .catch(() =>
        notify({
          tone: 'failure',
          title: `${name} could not be loaded`,
          description: 'Reload the page once the server can be reached.',
        }),
      );
  };
  return [Loaded, ask];
}
