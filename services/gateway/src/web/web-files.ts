import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { ConfigError } from '@cnop/common/config/read-config';
import { z } from 'zod';

const INDEX_PATH = '/index.html';
/** The paths of the app's pages in the form of its router: `$name` stands for one segment. */
const PAGES_PATH = '/pages.json';
/** The files are kept in memory; a larger folder is no built app. */
const MAX_TOTAL_BYTES = 64 * 1_024 * 1_024;
/** The folder of files whose names change with their content. */
const HASHED_FOLDER = '/assets/';
const HASHED_CACHE_CONTROL = 'public, max-age=31536000, immutable';
/** Cached but revalidated each time, mostly with 304. */
const NAMED_CACHE_CONTROL = 'no-cache';
/** The highest quality takes twenty times as long at each start and saves 7 %. */
const BROTLI_QUALITY = 6;
const ETAG_LENGTH = 22;

const TEXT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
};
const OTHER_TYPES: Readonly<Record<string, string>> = {
  ico: 'image/x-icon',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
};
const UNKNOWN_TYPE = 'application/octet-stream';

export interface WebFile {
  readonly type: string;
  readonly cacheControl: string;
  /** A weak tag, since it is the same for every encoding. */
  readonly etag: string;
  readonly content: Buffer;
  /** Absent where compressing gains nothing. */
  readonly compressed?: { readonly br: Buffer; readonly gzip: Buffer };
}

/** The built web app, in memory. */
export interface WebFiles {
  /** The HTML page of the app, served for all its pages. */
  readonly index: WebFile;
  /** All files by URL path. A path that is not a key is not served, so no spelling reaches other files. */
  readonly byPath: ReadonlyMap<string, WebFile>;
  /** Returns whether the app has a page at a path. */
  readonly hasPage: (path: string) => boolean;
}

const pageListSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string().regex(/^\/[\w$/-]*$/)).min(1));

/**
 * Reads the built web app into memory, without hidden files and links.
 * @throws ConfigError when the folder holds no built app
 */
export async function readWebFiles(folder: string): Promise<WebFiles> {
  const byPath = new Map<string, WebFile>();
  let totalBytes = 0;
  for (const file of await listFiles(folder)) {
    const content = await readFile(file);
    totalBytes += content.length;
    if (totalBytes > MAX_TOTAL_BYTES) throw new ConfigError(`WEB_DIR: ${folder} is too large for a web app.`);
    const path = `/${encodeURI(relative(folder, file).split(sep).join('/'))}`;
    byPath.set(path, await prepare(path, content));
  }
  const index = byPath.get(INDEX_PATH);
  if (!index) throw new ConfigError(`WEB_DIR: ${folder} has no index.html. Build the web app first.`);
  byPath.set('/', index);
  return { index, byPath, hasPage: pageMatcher(byPath.get(PAGES_PATH)) };
}

/** @throws ConfigError when the app has no valid list of its pages */
function pageMatcher(file: WebFile | undefined): WebFiles['hasPage'] {
  const pages = pageListSchema.safeParse(file?.content.toString()).data;
  if (!pages) throw new ConfigError(`WEB_DIR: ${PAGES_PATH} is no list of pages. Build the web app again.`);
  const patterns = pages.map((page) => page.replaceAll(/\$\w+/g, '[^/]+'));
  const pattern = new RegExp(`^(?:${patterns.join('|')})/?$`);
  return (path) => pattern.test(path);
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`WEB_DIR: ${folder} cannot be read: ${reason}`);
  }
}

async function prepare(path: string, content: Buffer): Promise<WebFile> {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const textType = TEXT_TYPES[extension];
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, ETAG_LENGTH);
  return {
    type: textType ?? OTHER_TYPES[extension] ?? UNKNOWN_TYPE,
    cacheControl: path.startsWith(HASHED_FOLDER) ? HASHED_CACHE_CONTROL : NAMED_CACHE_CONTROL,
    etag: `W/"${hash}"`,
    content,
    ...(textType !== undefined && { compressed: await compress(content) }),
  };
}

async function compress(content: Buffer): Promise<{ readonly br: Buffer; readonly gzip: Buffer }> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const [br, gzipped] = await Promise.all([
    promisify(brotliCompress)(content, { params }),
    promisify(gzip)(content),
  ]);
  return { br, gzip: gzipped };
}
