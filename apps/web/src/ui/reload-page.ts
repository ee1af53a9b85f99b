/**
 * Another try for what may have failed for want of code: browsers may remember for the life of a page that a module did
 * not come (HTML, "fetch a single module script"), and a newer release of the app has its modules at other addresses.
 */
export function reloadPage(): void {
  window.location.reload();
}
