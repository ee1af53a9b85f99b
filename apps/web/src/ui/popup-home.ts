import { createContext, use } from 'react';

/**
 * The main part of the page, once it is there. Menus and lists hang in it: beside it, in no landmark, some would not find
 * them again. The shell tells, since an element that is looked up while rendering may not be there the first time, and a
 * list whose place changes is closed.
 */
export const PopupHome = createContext<HTMLElement | null>(null);

export function usePopupHome(): HTMLElement | null {
  return use(PopupHome);
}
