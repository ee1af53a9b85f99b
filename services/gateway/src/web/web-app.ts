import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsPage, chooseEncoding, isKnownVersion } from './content-negotiation.ts';
import type { WebFile, WebFiles } from './web-files.ts';

/** The app runs only what was built with it, talks only to this gateway, and is never framed. */
const APP_CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** First parts of paths that belong to the gateway itself. A mistake there must not look like a success. */
const RESERVED_PATTERN = /^\/(api|docs|errors|health|metrics)(\/|$)/;
/** With a dot it names a file, or a way out of a folder; the rest is written by nobody who wants a page. */
const NO_PAGE_PATTERN = /[.\\]|\/\/|%(2e|2f|5c|00)/i;

/** Serves the files of the web app; at every other address that may be one of its pages, the app itself. */
export function serveWebApp(app: FastifyInstance, files: WebFiles): void {
  app.get('/*', (request, reply): unknown => {
    const path = pathOf(request.raw.url);
    const file = files.byPath.get(path);
    if (file) return sendFile(request, reply, file);
    if (!isPage(path) || !acceptsPage(request.headers.accept)) return reply.callNotFound();
    // The app shows that there is no such page; a crawler or a monitor reads the status.
    return sendFile(request, files.hasPage(path) ? reply : reply.code(404), files.index);
  });
}

function isPage(path: string): boolean {
  return path.startsWith('/') && !RESERVED_PATTERN.test(path) && !NO_PAGE_PATTERN.test(path);
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  const { compressed } = file;
  void reply.headers({
    'content-security-policy': APP_CSP,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': file.cacheControl,
    etag: file.etag,
  });
  if (compressed) addVary(reply, 'accept-encoding');
  const isFound = reply.statusCode === 200;
  if (isFound && isKnownVersion(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  void reply.type(file.type);
  const encoding = compressed && chooseEncoding(request.headers['accept-encoding']);
  if (!encoding) return reply.send(file.content);
  return reply.header('content-encoding', encoding).send(compressed[encoding]);
}

/** CORS may have said something of its own. */
function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary');
  void reply.header('vary', known === undefined ? name : `${String(known)}, ${name}`);
}

/** As it was sent: what is decoded could be spelled in many ways. */
function pathOf(url = ''): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}
