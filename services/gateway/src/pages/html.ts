import { createHash } from 'node:crypto';

const STYLE = `
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1f24; }
h1 { font-size: 1.5rem; } a { color: #0b57d0; } code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .4rem .6rem; text-align: left; border-bottom: 1px solid #d5dae0; }
dt { font-weight: 600; margin-top: 1rem; } dd { margin: 0; }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #e3e6e9; } a { color: #8ab4f8; } }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The policy of these pages: no scripts, no requests, and one style by its hash. */
export const PAGE_CSP = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML content and attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * Renders an HTML page.
 * @param content HTML with escaped texts
 */
export function renderPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}
