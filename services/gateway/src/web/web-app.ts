import { access, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@cnop/common/config/read-config';
import { NotFoundError, UnreadableRequestError } from '@cnop/exception/errors';
import fastifyStatic from '@fastify/static';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

/** The HTML page of the app, served for all its pages. */
const INDEX_FILE = 'index.html';
/** The paths of the app's pages in the form of its router: `$name` stands for one segment. */
const PAGES_FILE = 'pages.json';
/** The folder of files whose names change with their content. */
const HASHED_FOLDER = '/assets/';
const HASHED_CACHE_CONTROL = 'public, max-age=31536000, immutable';
/** Cached but revalidated each time, mostly with 304. */
const NAMED_CACHE_CONTROL = 'no-cache';

/** Makes a response unconditional: a 404 is never 304 or a range. */
const WHOLE_FILE = { etag: false, lastModified: false, acceptRanges: false };

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
/** Paths of files: plain segments, a dot in the last one. No other spelling of a file is served, and no hidden file. */
const FILE_PATTERN = /^(\/[\w-]+)*\/[\w-]+(\.[\w-]+)+$/;
/** Paths that are no page: a dot names a file or leaves a folder, and the others are attempts to confuse paths. */
const NO_PAGE_PATTERN = /[.\\]|\/\/|%(2e|2f|5c|00)/i;

/**
 * Serves the files of the built web app, and its index at every path that may be one of its pages. A compressed variant
 * beside a file is sent to clients that accept it.
 * @throws ConfigError when the folder holds no built app
 */
export async function serveWebApp(app: FastifyInstance, folder: string): Promise<void> {
  const root = await findBuiltApp(folder);
  const isPage = await readPages(root);
  await app.register(fastifyStatic, {
    root,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, file) => setHeaders(reply, file.slice(root.length)),
    // A link could lead out of the folder.
    onFile: async (file) => {
      if ((await realpath(file)) !== file) throw new NotFoundError('The file');
    },
  });
  app.setErrorHandler(refuseCondition);
  app.get('/*', (request, reply) => {
    const path = pathOf(request.raw.url);
    if (path === '/') return reply.sendFile(INDEX_FILE);
    if (RESERVED_PATTERN.test(path)) return reply.callNotFound();
    if (FILE_PATTERN.test(path)) return reply.sendFile(path);
    if (NO_PAGE_PATTERN.test(path) || !acceptsHtml(request.headers.accept)) return reply.callNotFound();
    if (isPage(path)) return reply.sendFile(INDEX_FILE);
    // The app shows that the page does not exist; crawlers and monitors read the status.
    return reply.code(404).sendFile(INDEX_FILE, WHOLE_FILE);
  });
}

/** Translates the library's error for a range or condition that the file does not meet: it has a status, 412 or 416. */
function refuseCondition(error: FastifyError): never {
  const { statusCode: status } = error;
  if (status !== 412 && status !== 416) throw error;
  throw new UnreadableRequestError('The file does not meet the range or condition.', {
    status,
    cause: error,
  });
}

function setHeaders(reply: FastifyReply, path: string): void {
  void reply.headers({
    'content-security-policy': APP_CSP,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': path.startsWith(HASHED_FOLDER) ? HASHED_CACHE_CONTROL : NAMED_CACHE_CONTROL,
  });
}

/**
 * Returns the absolute path of the app's folder, without links.
 * @throws ConfigError when it has no index
 */
async function findBuiltApp(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    await access(join(root, INDEX_FILE));
    return root;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`WEB_DIR: ${folder} holds no built web app: ${reason}`);
  }
}

const pagesSchema = z.array(z.string().regex(/^\/[\w$/-]*$/)).min(1);

/**
 * Reads the list of the app's pages.
 * @returns the function that says whether the app has a page at a path
 * @throws ConfigError when the app has no valid list
 */
async function readPages(root: string): Promise<(path: string) => boolean> {
  try {
    const pages = pagesSchema.parse(JSON.parse(await readFile(join(root, PAGES_FILE), 'utf8')));
    const patterns = pages.map((page) => page.replaceAll(/\$\w+/g, '[^/]+'));
    const pattern = new RegExp(`^(?:${patterns.join('|')})/?$`);
    return (path) => pattern.test(path);
  } catch {
    throw new ConfigError(`WEB_DIR: ${join(root, PAGES_FILE)} is no list of pages. Build the web app again.`);
  }
}

/** Returns the path as it was sent, since a decoded path could be spelled in many ways. */
function pathOf(url = ''): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}

const REFUSED_PATTERN = /^q=0(\.0*)?$/;

/** Returns whether a client explicitly accepts HTML. A program that accepts anything gets 404 instead of a page. */
function acceptsHtml(accept = ''): boolean {
  return accept.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === 'text/html' && !parameters.some((parameter) => REFUSED_PATTERN.test(parameter));
  });
}
