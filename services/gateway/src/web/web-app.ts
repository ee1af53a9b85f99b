import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebFile, WebFiles } from './web-files.ts';

/** The policy of the app: only its own scripts, only calls to this gateway, no framing. */
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

/** Paths of the gateway itself, where an unknown path is a 404 and not the app. */
const RESERVED_PATTERN = /^\/(api|docs|errors|health|metrics)(\/|$)/;
/** Paths that are no page: a dot names a file or leaves a folder, and the others are attempts to confuse paths. */
const NO_PAGE_PATTERN = /[.\\]|\/\/|%(2e|2f|5c|00)/i;

/** Serves the files of the web app, and its index at every path that may be one of its pages. */
export function serveWebApp(app: FastifyInstance, files: WebFiles): void {
  app.get('/*', (request, reply): unknown => {
    const path = pathOf(request.raw.url);
    const file = files.byPath.get(path);
    if (file) return sendFile(request, reply, file);
    if (!isPage(path) || !acceptsHtml(request.headers.accept)) return reply.callNotFound();
    // The app shows that the page does not exist; crawlers and monitors read the status.
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
  if (isFound && matchesEtag(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  void reply.type(file.type);
  const encoding = compressed && chooseEncoding(request.headers['accept-encoding']);
  if (!encoding) return reply.send(file.content);
  return reply.header('content-encoding', encoding).send(compressed[encoding]);
}

/** Appends to `Vary`, which CORS may have set. */
function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary');
  void reply.header('vary', known === undefined ? name : `${String(known)}, ${name}`);
}

/** Returns the path as it was sent, since a decoded path could be spelled in many ways. */
function pathOf(url = ''): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}

const REFUSED_PATTERN = /^q=0(\.0*)?$/;
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Returns the smallest encoding that a client accepts. */
function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  return ENCODINGS.find((encoding) => listsValue(acceptEncoding, encoding));
}

/** Returns whether a client explicitly accepts HTML. A program that accepts anything gets 404 instead of a page. */
function acceptsHtml(accept: string | undefined): boolean {
  return listsValue(accept, 'text/html');
}

/** Returns whether an `If-None-Match` header has an ETag. Tags compare weakly, since a proxy may have weakened one. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** Returns whether a list such as `gzip, br;q=0.5` has a value with a quality above 0. */
function listsValue(header: string | undefined, value: string): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => REFUSED_PATTERN.test(parameter));
  });
}
