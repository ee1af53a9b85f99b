import type { FocusEvent, RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** How long the actions of a list do nothing after its rows moved: longer than the pause between two quick clicks. */
const SETTLE_MILLISECONDS = 600;

export interface SettlingRows<Container extends HTMLElement> {
  /** Rows moved a moment ago: a click may be meant for the row that was there before. */
  readonly isSettling: boolean;
  /** For the element around the rows; each row carries its key as `data-row`. */
  readonly container: {
    readonly ref: RefObject<Container | null>;
    readonly tabIndex: -1;
    readonly onFocus: (event: FocusEvent) => void;
    readonly onBlur: () => void;
  };
}

/**
 * Protects a list whose rows have actions of their own. After rows came, went or changed places, `isSettling` holds for
 * a moment. When the row with the focus leaves, the focus goes to the link that names the row now in its place, never to
 * an action of that row, and to the container when there is none.
 * @param keys of the rows, in the order in which they are shown
 */
export function useSettlingRows<Container extends HTMLElement>(
  keys: readonly string[],
): SettlingRows<Container> {
  return { isSettling: useIsSettling(keys.join(' ')), container: useFocusOfRows<Container>(keys) };
}

function useIsSettling(sequence: string): boolean {
  const [known, setKnown] = useState({ sequence, isSettling: false });
  // While rendering, so that no frame shows the new places with the actions of the old ones.
  if (known.sequence !== sequence) setKnown({ sequence, isSettling: known.sequence !== '' });
  useEffect(() => {
    if (!known.isSettling) return undefined;
    const timer = setTimeout(() => setKnown({ ...known, isSettling: false }), SETTLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [known]);
  return known.isSettling;
}

function useFocusOfRows<Container extends HTMLElement>(keys: readonly string[]) {
  const ref = useRef<Container>(null);
  const focused = useRef<string>(undefined);
  const shown = useRef(keys);
  useLayoutEffect(() => {
    const [key, before] = [focused.current, shown.current];
    shown.current = keys;
    if (key === undefined || keys.includes(key)) return;
    focused.current = undefined;
    const next = keys[Math.min(before.indexOf(key), keys.length - 1)];
    const row = [...(ref.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find(
      ({ dataset }) => dataset['row'] === next,
    );
    (row?.querySelector<HTMLElement>('th a[href]') ?? ref.current)?.focus();
  }, [keys]);
  return {
    ref,
    tabIndex: -1 as const,
    onFocus: ({ target }: FocusEvent): void => {
      focused.current = target.closest<HTMLElement>('[data-row]')?.dataset['row'];
    },
    // The browser sends none for an element that is removed.
    onBlur: (): void => {
      focused.current = undefined;
    },
  };
}
