import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Clock } from '@cnop/common/core/clock';
import { createCachedValue } from '@cnop/common/core/clock';
import { OPENAPI_PATH } from '@cnop/common/http/openapi';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { readMergedDocument } from '../openapi/merged-document.ts';
import type { Upstreams } from '../upstreams/upstream.ts';

/** Services are deployed separately, so their documents change while the gateway runs. */
const DOCUMENT_MAX_AGE_MILLISECONDS = 60_000;
const ASSETS_MAX_AGE = '1d';

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

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js'];

interface DocsOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly upstreams: Upstreams;
}

/** Serves the merged OpenAPI document and a page to read it with. */
export async function serveDocs(
  app: FastifyInstance,
  { version, clock, upstreams }: DocsOptions,
): Promise<void> {
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
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('swagger-ui-dist/package.json'));
  await app.register(fastifyStatic, { root, serve: false, maxAge: ASSETS_MAX_AGE });
  for (const file of ASSETS) app.get(`/docs/${file}`, (_request, reply) => reply.sendFile(file));
}
