// Who may import whom. docs/architecture.md draws the picture; this file is what CI checks, and
// e2e/import-rules.test.ts plants violations to prove that it still bites.
//
// A rule matches paths from the repository root. `from` never includes tests, the testing package or the
// end-to-end suites, which may import what they like, except in a cycle.

import swc from '@swc/core';

// dependency-cruiser hands swc every file as TypeScript without JSX and stops at the first tag. It has no option for that,
// so the parser that it shares with this file is told which files have tags.
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

const UNRESTRICTED = ['^packages/testing/', '^e2e/', '^bench/test/', '^[^/]+/[^/]+/test/'];

// The parts of the shared packages that are plain data and arithmetic: no I/O, no Node, safe in a browser.
const EXCEPTION_BASE = '^packages/exception/src/(?!http/)';
const CORE = '^packages/common/src/core/';
const ENTITIES = '^packages/common/src/entities/';
const TRADING = '^packages/common/src/trading/';
const DAO = '^packages/common/src/dao/';

// The port is what lies directly in database/. Whatever opens a store reaches an adapter, so it is none of it.
const PORT = '^packages/common/src/database/(?!open-store)[^/]+[.]ts$';
const ADAPTER = '^packages/common/src/database/(lmdb|dynamodb)/';
const STORE_OPENER = '^packages/common/src/database/open-store[.]ts$';

const COMPOSITION_ROOTS = ['^services/[^/]+/src/server[.]ts$', '^apps/standalone/src/', '^bench/'];

/** An npm package wherever it is installed, or its bare name when it is not. */
const npm = (names) => `(^|node_modules/)(${names})(/|$)`;

// The gateway has no use cases and no domain, so the layers of a service do not describe it.
const SERVICE = '^services/((?!gateway/)[^/]+)';

const wholeTree = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, and the order in which they load becomes a bug.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-broken-imports',
    comment: 'An import that resolves to nothing is one that no rule below can judge.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'sources-not-builds',
    comment:
      'Packages are followed into their TypeScript by the `source` condition. If that ever stops working, every ' +
      'import ends in dist, the rules match nothing and the check passes in silence. This one then fails.',
    severity: 'error',
    from: {},
    to: { path: ['^(packages|services|apps)/[^/]+/dist/', '^bench/dist/'] },
  },
  {
    name: 'dependencies-point-down',
    comment:
      'Apps use services, services use packages. The other way round nothing could be reused or replaced.',
    severity: 'error',
    from: { path: '^packages/', pathNot: UNRESTRICTED },
    to: { path: '^(services|apps|bench|e2e)/' },
  },
  {
    name: 'services-know-no-app',
    comment: 'A service runs alone as well as inside the one-machine app, so it cannot know the app.',
    severity: 'error',
    from: { path: '^services/', pathNot: UNRESTRICTED },
    to: { path: '^(apps|bench|e2e)/' },
  },
  {
    name: 'testing-is-for-tests',
    comment: 'Builders and fake clocks do not ship.',
    severity: 'error',
    from: { pathNot: UNRESTRICTED },
    to: { path: '^packages/testing/' },
  },
];

const web = [
  {
    name: 'web-reaches-only-entities-and-core',
    comment:
      'The web app talks to the platform over HTTP. What it may share is the shape of data and how to count.',
    severity: 'error',
    from: { path: '^apps/web/', pathNot: UNRESTRICTED },
    to: { path: '^(packages|services|apps|bench)/', pathNot: ['^apps/web/', ENTITIES, CORE, TRADING] },
  },
  {
    name: 'web-bundles-no-native-module',
    comment:
      'However long the chain of imports: a bundle with a native module in it does not load in a browser.',
    severity: 'error',
    from: { path: '^apps/web/src/' },
    to: { path: npm('lmdb|@node-rs/[^/]+|@aws-sdk/[^/]+|fastify|pino'), reachable: true },
  },
  {
    name: 'web-features-are-strangers',
    comment:
      'A page puts features together. One that imports another cannot be shown, changed or removed without it.',
    severity: 'error',
    from: { path: '^apps/web/src/features/([^/]+)/' },
    to: { path: '^apps/web/src/features/', pathNot: '^apps/web/src/features/$1/' },
  },
  {
    name: 'web-layers-point-down',
    comment: 'app → features → what all of them share: what is used does not know its user.',
    severity: 'error',
    from: { path: '^apps/web/src/(?!app/)[^/]+/' },
    to: { path: '^apps/web/src/app/' },
  },
  {
    name: 'web-shared-knows-no-feature',
    comment: 'What every feature uses belongs to none.',
    severity: 'error',
    from: { path: '^apps/web/src/(?!app/|features/)[^/]+/' },
    to: { path: '^apps/web/src/features/' },
  },
];

const services = [
  {
    name: 'no-service-to-service',
    comment:
      'Services meet in the store, in events and over HTTP. An import would deploy two of them as one.',
    severity: 'error',
    from: { path: '^services/([^/]+)/', pathNot: UNRESTRICTED },
    to: { path: '^services/', pathNot: '^services/$1/' },
  },
  {
    name: 'only-roots-import-a-server',
    comment:
      'server.ts reads configuration and listens. Everybody else wants app.ts, which builds and does not.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, ...COMPOSITION_ROOTS] },
    to: { path: '^services/[^/]+/src/server[.]ts$' },
  },
  {
    name: 'app-comes-before-routes',
    comment: 'server → app → routes → use cases → domain: what is used does not know its user.',
    severity: 'error',
    from: { path: `${SERVICE}/src/(routes|use-cases|domain)/` },
    to: { path: '^services/$1/src/(app|server)[.]ts$' },
  },
  {
    name: 'use-cases-know-no-http',
    comment:
      'A use case is the same whether a request, a price move or the command line asks for it, so it knows neither ' +
      'routes nor the HTTP plugins.',
    severity: 'error',
    from: { path: `${SERVICE}/src/use-cases/` },
    to: {
      path: [
        '^services/$1/src/routes/',
        '^packages/(common|exception)/src/http/',
        '^packages/common/src/aws/',
      ],
    },
  },
  {
    name: 'routes-call-use-cases',
    comment: 'A handler is schema in, one use case, reply out. With a DAO at hand it grows business rules.',
    severity: 'error',
    from: { path: `${SERVICE}/src/routes/` },
    to: { path: ['^services/$1/src/domain/', DAO, '^packages/common/src/database/'] },
  },
  {
    name: 'domain-is-pure',
    comment:
      'The rules of trading are functions of their arguments, so that the store may run a decision twice and a ' +
      'property test ten thousand times. They see data, decimals and errors: no DAO, no package, not even Node.',
    severity: 'error',
    from: { path: `${SERVICE}/src/domain/` },
    to: { pathNot: ['^services/$1/src/domain/', CORE, ENTITIES, TRADING, EXCEPTION_BASE] },
  },
  {
    name: 'gateway-has-no-store',
    comment:
      'The public door checks and forwards. With a store it would hold business state in the wrong place.',
    severity: 'error',
    from: { path: '^services/gateway/', pathNot: UNRESTRICTED },
    to: { path: [DAO, '^packages/common/src/database/'] },
  },
];

const common = [
  {
    name: 'exception-base-is-pure',
    comment: 'Every layer down to the domain, and the browser, throws these errors.',
    severity: 'error',
    from: { path: EXCEPTION_BASE },
    to: { pathNot: [EXCEPTION_BASE, npm('zod')] },
  },
  {
    name: 'exception-knows-no-sibling',
    comment: 'The Exception Package lies under the Common Package.',
    severity: 'error',
    from: { path: '^packages/exception/' },
    to: { path: '^packages/(?!exception/)' },
  },
  {
    name: 'core-and-entities-are-pure',
    comment:
      'They are bundled for the browser and imported by every layer, so nothing heavy may hang on them.',
    severity: 'error',
    from: { path: [CORE, ENTITIES] },
    to: { pathNot: [CORE, ENTITIES, EXCEPTION_BASE, npm('zod|uuid')] },
  },
  {
    name: 'trading-is-pure',
    comment:
      'The rules of trading that services, trigger engine and web app share are functions of their arguments.',
    severity: 'error',
    from: { path: TRADING },
    to: { pathNot: [TRADING, CORE, ENTITIES, EXCEPTION_BASE] },
  },
  {
    name: 'dao-uses-the-port',
    comment:
      'A DAO maps one entity to items of the port. It neither knows which store runs nor who asks. The only libraries ' +
      'it may name are the one entities are written in, and that of Node which knows the spellings of a domain.',
    severity: 'error',
    from: { path: DAO },
    to: { pathNot: [DAO, ENTITIES, CORE, PORT, EXCEPTION_BASE, npm('zod'), '^url$'] },
  },
  {
    name: 'database-knows-no-entity',
    comment:
      'The port moves items, keys and versions. If it knew an order, every new entity would change it.',
    severity: 'error',
    from: { path: '^packages/common/src/database/' },
    to: { path: [ENTITIES, DAO] },
  },
  {
    name: 'adapters-only-in-composition-roots',
    comment: 'Configuration alone chooses the store; whoever names an adapter has chosen already.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, ...COMPOSITION_ROOTS, ADAPTER, STORE_OPENER] },
    to: { path: [ADAPTER, STORE_OPENER] },
  },
  {
    name: 'adapters-are-strangers',
    comment: 'What two adapters share belongs to the port. Else one cannot be installed without the other.',
    severity: 'error',
    from: { path: ADAPTER },
    to: { path: ADAPTER, pathNot: '^packages/common/src/database/$1/' },
  },
];

const vendors = [
  {
    name: 'lmdb-stays-in-its-adapter',
    comment: 'No type or error of a store leaves its folder, so that the other store can take its place.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/database/lmdb/'] },
    to: { path: npm('lmdb') },
  },
  {
    name: 'aws-sdk-stays-in-its-folders',
    comment: 'As for lmdb; and the one-machine shape must start without loading an SDK it does not use.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/(database/dynamodb|aws)/'] },
    to: { path: npm('@aws-sdk/[^/]+|@smithy/[^/]+') },
  },
  {
    name: 'redis-stays-in-its-adapter',
    comment: 'As for lmdb; and a process that has no server to talk to must not load what would talk to it.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^packages/common/src/(messaging|limits)/redis/'] },
    to: { path: npm('ioredis') },
  },
  {
    name: 'ccxt-stays-in-its-folder',
    comment: 'It takes 185 MB of memory. Only the process that talks to an exchange may load it.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, '^services/inventory-service/src/price-feed/exchange/'] },
    to: { path: npm('ccxt') },
  },
  {
    name: 'fastify-stays-at-the-edge',
    comment: 'HTTP is one way in. Use cases, domain, DAOs and entities outlive the framework.',
    severity: 'error',
    from: {
      pathNot: [
        ...UNRESTRICTED,
        '^packages/(common|exception)/src/http/',
        '^services/[^/]+/src/(routes/|app[.]ts$|server[.]ts$)',
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
      'One module knows how money is rounded. A second use of the arithmetic would be a second opinion.',
    severity: 'error',
    from: { pathNot: [...UNRESTRICTED, CORE] },
    to: { path: '^packages/common/src/core/decimal[.]ts$' },
  },
];

export default {
  forbidden: [...wholeTree, ...web, ...services, ...common, ...vendors],
  options: {
    // TypeScript 7 has no API to parse with. Without @swc/core in its place `.ts` files are skipped in silence.
    parser: 'swc',
    // Type imports couple as values do: an SDK's type in a signature is how it leaves its folder. Inline ones,
    // `import('x').T`, this parser does not see; the linter forbids them.
    tsPreCompilationDeps: true,
    // Not `exclude`: an import of these must stay visible for the rules that forbid it.
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
