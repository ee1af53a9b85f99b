// Runs before the first paint, so that a chosen theme does not flash. A separate file, since the content security
// policy allows no inline script; src/settings/appearance.ts writes the setting.
(() => {
  try {
    const stored = JSON.parse(localStorage.getItem('cnop.appearance') || '{}');
    const root = document.documentElement;
    if (stored.theme === 'light' || stored.theme === 'dark') root.dataset.theme = stored.theme;
    if (stored.palette === 'blue-orange') root.dataset.palette = stored.palette;
  } catch {
    // Ignores a broken setting.
  }
})();
