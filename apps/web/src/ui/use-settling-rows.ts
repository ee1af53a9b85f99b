import type { FocusEvent, RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** How long the actions of a list do nothing after its rows moved: longer than the gap of a double click. */
const SETTLE_MILLISECONDS = 600;

export interface SettlingRows<Container extends HTMLElement> {
  /** Whether rows moved a moment ago, so that a click may be meant for another row. */
  readonly isSettling: boolean;
  /** Props of the element around the rows; each row carries its key as `data-row`. */
  readonly container: {
    readonly ref: RefObject<Container | null>;
    readonly tabIndex: -1;
    readonly onFocus: (event: FocusEvent) => void;
    readonly onBlur: () => void;
  };
}

/**
 * Protects a list whose rows have actions. After rows came, went or moved, `isSettling` holds for a moment. When the
 * focused row leaves, the focus moves to the link that names the next row, never to an action, and to the container if
 * there is none.
 * @param keys of the rows, in the order in which they are shown
 */
export function useSettlingRows<Container extends HTMLElement>(
  keys: readonly string[],
): SettlingRows<Container> {
  return { isSettling: useIsSettling(keys.join(' ')), container: useFocusOfRows<Container>(keys) };
}

function useIsSettling(sequence: string): boolean {
  const [known, setKnown] = useState({ sequence, isSettling: false });
  // During rendering, so that no frame shows moved rows with active buttons.
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
    // Browsers send no blur event for a removed element.
    onBlur: (): void => {
      focused.current = undefined;
    },
  };
}
