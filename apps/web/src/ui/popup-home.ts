/** Menus and lists hang in the main part of the page: beside it, in no landmark, some would not find them again. */
export function popupHome(): HTMLElement | null {
  return document.getElementById('main');
}
