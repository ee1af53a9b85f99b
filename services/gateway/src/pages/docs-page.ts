import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCachedValue } from '@cnop/common/core/cached-value';
import type { Clock } from '@cnop/common/core/clock';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import type { FastifyInstance } from 'fastify';
import { readMergedDocument } from '../openapi/merged-document.ts';
import type { Upstreams } from '../upstreams/upstream.ts';

/** Services are deployed separately, so their documents change while the gateway runs. */
const DOCUMENT_MAX_AGE_MILLISECONDS = 60_000;
const ASSET_CACHE_CONTROL = 'public, max-age=86400';

/** The policy of the page: it loads nothing from other origins and calls only this API. */
const DOCS_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** `validatorUrl: null` keeps the page from sending the document's URL to a public validator. */
const START_SCRIPT = `SwaggerUIBundle({
  url: '${OPENAPI_PATH}',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

const ASSETS = [
  { file: 'swagger-ui.css', type: 'text/css; charset=utf-8' },
  { file: 'swagger-ui-bundle.js', type: 'text/javascript; charset=utf-8' },
] as const;

interface DocsOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly upstreams: Upstreams;
}

/** Serves the merged OpenAPI document and a page to read it with. */
export function serveDocs(app: FastifyInstance, { version, clock, upstreams }: DocsOptions): void {
  const { get: read } = createCachedValue({
    read: () => readMergedDocument(upstreams, version),
    maxAgeMilliseconds: DOCUMENT_MAX_AGE_MILLISECONDS,
    clock,
  });
  app.get(OPENAPI_PATH, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(await read())),
  );

  app.get('/docs', (_request, reply) =>
    reply.header('content-security-policy', DOCS_CSP).type('text/html; charset=utf-8').send(PAGE),
  );
  app.get('/docs/start.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START_SCRIPT),
  );
  for (const { file, type } of ASSETS) {
    app.get(`/docs/${file}`, async (_request, reply) =>
      reply
        .header('cache-control', ASSET_CACHE_CONTROL)
        .type(type)
        .send(await readAsset(file)),
    );
  }
}

/** Reads a file of the Swagger UI from the plugin, which itself would serve only the document of this app. */
function readAsset(file: string): Promise<Buffer> {
  const require = createRequire(import.meta.url);
  return readFile(join(dirname(require.resolve('@fastify/swagger-ui/package.json')), 'static', file));
}
