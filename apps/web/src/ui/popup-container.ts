import { createContext, use } from 'react';

/**
 * The element that contains menus and lists: the main landmark, since content outside of landmarks is hard to find for
 * screen readers. Set by the shell once the element exists; a list whose container changes is closed.
 */
export const PopupContainer = createContext<HTMLElement | null>(null);

/** Returns the element that contains menus and lists; null before the shell has rendered it. */
export function usePopupContainer(): HTMLElement | null {
  return use(PopupContainer);
}
