// The import rules. docs/architecture.md shows the folders, CI checks this file, and e2e/import-rules.test.ts plants
// violations to prove that the rules still match.
//
// A rule matches paths from the repository root. Tests, the testing package and the end-to-end suites may import any file,
// except in a cycle, so `from` excludes them.

import swc from '@swc/core';

// dependency-cruiser parses every file as TypeScript without JSX and has no option to change that, so parsing stops at the
// first tag. This wraps the parser, which is the same module instance, and enables JSX for .tsx files.
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

const UNRESTRICTED = ['^packages/testing/', '^e2e/', '^bench/test/', '^[^/]+/[^/]+/test/'];

// The parts of the shared packages that are plain data and arithmetic: no I/O, no Node, safe in a browser.
const EXCEPTION_BASE = '^packages/exception/src/(?!http/)';
const CORE = '^packages/common/src/core/';
const ENTITIES = '^packages/common/src/entities/';
const TRADING = '^packages/common/src/trading/';
const DAO = '^packages/common/src/dao/';
/** The files that know an entity; the others of the folder are tools for any record. */
const DAO_OF_ENTITY = '^packages/common/src/dao/(?!record[.]ts$|read-page[.]ts$)';

// The port is the files directly in database/, except the one that opens a store: it imports the adapters.
const PORT = '^packages/common/src/database/(?!open-store)[^/]+[.]ts$';
const ADAPTER = '^packages/common/src/database/(lmdb|dynamodb)/';
const STORE_OPENER = '^packages/common/src/database/open-store[.]ts$';

const COMPOSITION_ROOTS = ['^services/[^/]+/src/server[.]ts$', '^apps/standalone/src/', '^bench/'];

/** An npm package wherever it is installed, or its bare name when it is not. */
const npm = (names) => `(^|node_modules/)(${names})(/|$)`;

// The gateway has no use cases and no domain, so the layers of a service do not describe it.
const SERVICE = '^services/((?!gateway/)[^/]+)';

/** Layers of a service: folders or files of these names, in `src` or in a folder that has layers of its own. */
const layer = (names, service = SERVICE) => `${service}/src/(|[^/]+/)(${names})(/|[.]ts$)`;

const wholeTree = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one concept, and their load order becomes a source of bugs.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-broken-imports',
    comment: 'No rule below can match an import that does not resolve.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'sources-not-builds',
    comment:
      'Imports of packages resolve to their TypeScript by the `source` condition. If that stops working, every ' +
      'import resolves to dist, the other rules match nothing and would pass silently. This rule then fails.',
    severity: 'error',
    from: {},
    to: { path: ['^(packages|services|apps)/[^/]+/dist/', '^bench/dist/'] },
  },
  {
    name: 'dependencies-point-down',
    comment: 'Apps use services, services use packages. The reverse would prevent reuse and replacement.',
    severity: 'error',
    from: { path: '^packages/', pathNot: UNRESTRICTED },
    to: { path: '^(services|apps|bench|e2e)/' },
  },
  {
    name: 'services-import-no-app',
    comment: 'A service also runs without the one-machine app, so it cannot import it.',
    severity: 'error',
    from: { path: '^services/', pathNot: UNRESTRICTED },
    to: { path: '^(apps|bench|e2e)/' },
  },
  {
    name: 'testing-is-for-tests',
    comment: 'Builders and fake clocks are not part of the product.',
    severity: 'error',
    from: { pathNot: UNRESTRICTED },
    to: { path: '^packages/testing/' },
  },
];

const web = [
  {
    name: 'web-reaches-only-entities-and-core',
    comment:
      'The web app uses the platform over HTTP. It shares only entities, decimals and rules of trading.',
    severity: 'error',
    from: { path: '^apps/web/', pathNot: UNRESTRICTED },
    to: { path: '^(packages|services|apps|bench)/', pathNot: ['^apps/web/', ENTITIES, CORE, TRADING] },
  },
  {
    name: 'web-bundles-no-native-module',
    comment: 'A bundle with a native module does not load in a browser, however indirect the import.',
    severity: 'error',
    from: { path: '^apps/web/src/' },
    to: { path: npm('lmdb|@node-rs/[^/]+|@aws-sdk/[^/]+|fastify|pino'), reachable: true },
  },
  {
    name: 'web-features-are-independent',
    comment:
      'Pages combine features. A feature that imports another cannot be changed or removed independently.',
    severity: 'error',
    from: { path: '^apps/web/src/features/([^/]+)/' },
    to: { path: '^apps/web/src/features/', pathNot: '^apps/web/src/features/$1/' },
  },
  {
    name: 'web-layers-point-down',
    comment: 'app → features → shared code. Imports point in this direction only.',
    severity: 'error',
    from: { path: '^apps/web/src/(?!app/)[^/]+/' },
    to: { path: '^apps/web/src/app/' },
  },
  {
    name: 'web-shared-imports-no-feature',
    comment: 'Shared code must not depend on a feature.',
    severity: 'error',
    from: { path: '^apps/web/src/(?!app/|features/)[^/]+/' },
    to: { path: '^apps/web/src/features/' },
  },
];

const services = [
  {
    name: 'no-service-to-service',
    comment:
      'Services communicate through the store, events and HTTP. An import would couple their deployment.',
    severity: 'error',
    from: { path: '^services/([^/]+)/', pathNot: UNRESTRICTED },
    to: { path: '^services/', pathNot: '^services/$1/' },
  },
  {
    name: 'only-roots-import-a-server',
    comment: 'server.ts reads configuration and listens. Other code uses app.ts, which only builds.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, ...COMPOSITION_ROOTS] },
    to: { path: '^services/[^/]+/src/server[.]ts$' },
  },
  {
    name: 'app-comes-before-routes',
    comment: 'server → app → routes → use cases → domain. Imports point in this direction only.',
    severity: 'error',
    from: { path: layer('routes|use-cases|domain') },
    to: { path: '^services/$1/src/(app|server)[.]ts$' },
  },
  {
    name: 'use-cases-import-no-http',
    comment:
      'Requests, price changes and the command line call use cases, so these depend neither on routes nor on the ' +
      'HTTP plugins.',
    severity: 'error',
    from: { path: layer('use-cases') },
    to: {
      path: [
        layer('routes', '^services/$1'),
        '^packages/(common|exception)/src/http/',
        '^packages/common/src/(aws|process)/',
      ],
    },
  },
  {
    name: 'routes-call-use-cases',
    comment:
      'A handler parses its input, calls one use case and sends a reply. Besides use cases it may import schemas and the ' +
      'shared HTTP code only. None of these reaches a DAO, so no detour leads to one.',
    severity: 'error',
    from: { path: layer('routes') },
    to: {
      pathNot: [
        layer('routes|use-cases', '^services/$1'),
        '^packages/common/src/http/',
        '^packages/common/src/auth/session-rules[.]ts$',
        ENTITIES,
        CORE,
        EXCEPTION_BASE,
        npm('zod|fastify'),
        '^http$',
      ],
    },
  },
  {
    name: 'http-reaches-no-dao',
    comment:
      'Routes import the shared HTTP code and what it needs for authentication. A DAO behind these would be open to every ' +
      'route, also as a type.',
    severity: 'error',
    from: { path: '^packages/common/src/(http|auth)/' },
    to: { path: DAO_OF_ENTITY, reachable: true },
  },
  {
    name: 'domain-is-pure',
    comment:
      'The rules of trading are pure functions, so that the store may run a decision twice and a property test ten ' +
      'thousand times. They import data types, decimals and errors only: no DAO, no npm package, no Node module.',
    severity: 'error',
    from: { path: layer('domain') },
    to: { pathNot: [layer('domain', '^services/$1'), CORE, ENTITIES, TRADING, EXCEPTION_BASE] },
  },
  {
    name: 'gateway-has-no-store',
    comment: 'The gateway checks and forwards requests. Business state belongs to the services.',
    severity: 'error',
    from: { path: '^services/gateway/', pathNot: UNRESTRICTED },
    to: { path: [DAO, '^packages/common/src/database/'] },
  },
];

const common = [
  {
    name: 'exception-base-is-pure',
    comment: 'Every layer, including the domain and the browser, throws these errors.',
    severity: 'error',
    from: { path: EXCEPTION_BASE },
    to: { pathNot: [EXCEPTION_BASE, npm('zod')] },
  },
  {
    name: 'exception-imports-no-sibling',
    comment: 'The Common Package depends on the Exception Package, not the reverse.',
    severity: 'error',
    from: { path: '^packages/exception/' },
    to: { path: '^packages/(?!exception/)' },
  },
  {
    name: 'core-and-entities-are-pure',
    comment:
      'They are bundled for the browser and imported by every layer, so they must not pull in other code.',
    severity: 'error',
    from: { path: [CORE, ENTITIES] },
    to: { pathNot: [CORE, ENTITIES, EXCEPTION_BASE, npm('zod|uuid')] },
  },
  {
    name: 'trading-is-pure',
    comment: 'The rules of trading that services, trigger engine and web app share are pure functions.',
    severity: 'error',
    from: { path: TRADING },
    to: { pathNot: [TRADING, CORE, ENTITIES, EXCEPTION_BASE] },
  },
  {
    name: 'dao-uses-the-port',
    comment:
      'A DAO maps one entity to items of the port, independently of the store and the caller. The only libraries it may ' +
      'import are zod and the URL module of Node, which converts the spellings of a domain.',
    severity: 'error',
    from: { path: DAO },
    to: { pathNot: [DAO, ENTITIES, CORE, PORT, EXCEPTION_BASE, npm('zod'), '^url$'] },
  },
  {
    name: 'database-imports-no-entity',
    comment:
      'The port handles items, keys and versions of any entity, so that a new entity does not change it.',
    severity: 'error',
    from: { path: '^packages/common/src/database/' },
    to: { path: [ENTITIES, DAO] },
  },
  {
    name: 'config-is-read-first',
    comment: 'Settings are read before anything runs, so reading them loads neither HTTP nor a process.',
    severity: 'error',
    from: { path: '^packages/common/src/config/' },
    to: { path: '^packages/common/src/(http|process)/' },
  },
  {
    name: 'adapters-only-in-composition-roots',
    comment: 'Only the configuration chooses the store. An import of an adapter would fix that choice.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, ...COMPOSITION_ROOTS, ADAPTER, STORE_OPENER] },
    to: { path: [ADAPTER, STORE_OPENER] },
  },
  {
    name: 'adapters-are-independent',
    comment:
      'Code that two adapters share belongs to the port, so that each can be installed without the other.',
    severity: 'error',
    from: { path: ADAPTER },
    to: { path: ADAPTER, pathNot: '^packages/common/src/database/$1/' },
  },
];

const vendors = [
  {
    name: 'lmdb-stays-in-its-adapter',
    comment: 'No type or error of a store leaves its folder, so that the stores are interchangeable.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/database/lmdb/'] },
    to: { path: npm('lmdb') },
  },
  {
    name: 'aws-sdk-stays-in-its-folders',
    comment:
      'As for lmdb. The one-machine shape must also start without loading an SDK that it does not use.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/(database/dynamodb|aws)/'] },
    to: { path: npm('@aws-sdk/[^/]+|@smithy/[^/]+') },
  },
  {
    name: 'redis-stays-in-its-adapter',
    comment: 'As for lmdb. A process without a Redis server must also not load its client.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/(messaging|limits|auth)/redis/'] },
    to: { path: npm('ioredis') },
  },
  {
    name: 'ccxt-stays-in-its-folder',
    comment: 'It takes 185 MB of memory. Only the process that reads an exchange may load it.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^services/inventory-service/src/price-feed/exchange/'] },
    to: { path: npm('ccxt') },
  },
  {
    name: 'fastify-stays-at-the-edge',
    comment: 'Use cases, domain, DAOs and entities must not depend on the HTTP framework.',
    severity: 'error',
    from: {
      pathNot: [
        ...UNRESTRICTED,
        '^packages/(common|exception)/src/http/',
        '^packages/common/src/process/',
        layer('routes', '^services/[^/]+'),
        '^services/[^/]+/src/(app|server)[.]ts$',
        '^services/gateway/',
        '^apps/standalone/',
        '^bench/',
      ],
    },
    to: { path: npm('fastify|fastify-[^/]+|@fastify/[^/]+') },
  },
  {
    name: 'decimals-come-from-core',
    comment:
      'One module defines how money is rounded. A second use of the arithmetic could round differently.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, CORE] },
    to: { path: '^packages/common/src/core/decimal[.]ts$' },
  },
];

export default {
  forbidden: [...wholeTree, ...web, ...services, ...common, ...vendors],
  options: {
    // TypeScript 7 has no parser API. Without @swc/core as the parser, `.ts` files would be skipped silently.
    parser: 'swc',
    // Type imports count: a type of an SDK in a signature leaks it from its folder. The parser does not see inline ones,
    // `import('x').T`; the linter forbids them.
    tsPreCompilationDeps: true,
    // `exclude` would hide imports of these from the rules that forbid them.
    doNotFollow: { path: '(^|/)(node_modules|dist|coverage)/' },
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      mainFields: ['module', 'main'],
    },
  },
};
