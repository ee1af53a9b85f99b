import { createHash } from 'node:crypto';
import type { ErrorCode, ErrorCodeDefinition } from '@cnop/exception/error-codes';
import { ERROR_CODES } from '@cnop/exception/error-codes';
import { NotFoundError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Serves a page for each error code, to which `type` of a problem document points, and a list of all. */
export function serveErrorPages(app: FastifyInstance): void {
  app.get('/errors', (_request, reply) => sendPage(reply, renderIndex()));
  app.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const { code } = request.params;
    if (!isErrorCode(code)) throw new NotFoundError('The error code');
    return sendPage(reply, renderCode(code, ERROR_CODES[code]));
  });
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('content-security-policy', PAGE_CSP).type('text/html; charset=utf-8').send(page);
}

function renderIndex(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, title }]) =>
      `<tr><td><a href="/errors/${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  );
  return renderPage(
    'Error codes',
    `<h1>Error codes</h1>
<p>Every error response is a problem document (RFC 9457) with one of these codes.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Title</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`,
  );
}

function renderCode(code: ErrorCode, definition: ErrorCodeDefinition): string {
  return renderPage(
    `${code}: ${definition.title}`,
    `<h1><code>${code}</code> ${escapeHtml(definition.title)}</h1>
<dl>
<dt>Status</dt><dd>${definition.status}</dd>
<dt>When</dt><dd>${escapeHtml(definition.meaning)}</dd>
<dt>What to do</dt><dd>${escapeHtml(definition.remedy)}</dd>
<dt>May the same request succeed later?</dt><dd>${definition.retryable ? 'Yes' : 'No'}</dd>
</dl>
<p><a href="/errors">All error codes</a></p>`,
  );
}

const STYLE = `
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1f24; }
h1 { font-size: 1.5rem; } a { color: #0b57d0; } code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .4rem .6rem; text-align: left; border-bottom: 1px solid #d5dae0; }
dt { font-weight: 600; margin-top: 1rem; } dd { margin: 0; }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #e3e6e9; } a { color: #8ab4f8; } }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The policy of these pages: no scripts, no requests, and one style by its hash. */
const PAGE_CSP = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

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
