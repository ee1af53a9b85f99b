import type { ErrorCode, ErrorCodeDefinition } from '@cnop/exception/error-codes';
import { ERROR_CODES } from '@cnop/exception/error-codes';
import { NotFoundError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml, PAGE_CSP, renderPage } from './html.ts';

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
