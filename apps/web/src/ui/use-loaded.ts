import type { ComponentType } from 'react';
import { useState } from 'react';
import { notify } from './notices.ts';

/**
 * A part whose code comes when it is asked for. When that fails it says so, and how to get it: a part that is not
 * there is no reason to take the page away.
 * @param name of the part, in the notice
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
