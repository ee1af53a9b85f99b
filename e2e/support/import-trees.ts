/** Files of a tree with their imports. */
export type Files = Record<string, string[]>;

/** A small copy of the platform, file to imports, with only allowed imports. */
export const ALLOWED: Files = {
  'packages/exception/src/errors.ts': ['zod'],
  'packages/exception/src/http/error-handler.ts': ['../errors.ts', 'fastify'],
  'packages/common/src/core/decimal.ts': [],
  'packages/common/src/core/money.ts': ['./decimal.ts', 'uuid', '@cnop/exception/errors'],
  'packages/common/src/entities/order/order.ts': ['zod', '../../core/money.ts'],
  'packages/common/src/trading/end-order.ts': ['../entities/order/order.ts', '../core/money.ts'],
  'packages/common/src/database/tables.ts': [],
  'packages/common/src/database/table-store.ts': [
    './tables.ts',
    '../core/money.ts',
    '@cnop/exception/errors',
  ],
  'packages/common/src/database/lmdb/lmdb-store.ts': ['../table-store.ts', 'lmdb'],
  'packages/common/src/database/dynamodb/dynamodb-store.ts': [
    '../table-store.ts',
    '@aws-sdk/client-dynamodb',
  ],
  'packages/common/src/database/open-store.ts': ['./lmdb/lmdb-store.ts', './dynamodb/dynamodb-store.ts'],
  'packages/common/src/messaging/redis/redis-bus.ts': ['ioredis'],
  'packages/common/src/messaging/open-bus.ts': ['./redis/redis-bus.ts'],
  'packages/common/src/dao/order/order-dao.ts': [
    '../../database/table-store.ts',
    '../../entities/order/order.ts',
    '../../core/money.ts',
    '@cnop/exception/errors',
    'zod',
  ],
  'packages/common/src/dao/record.ts': ['../database/table-store.ts'],
  'packages/common/src/auth/session-state.ts': ['../dao/record.ts'],
  'packages/common/src/process/logger.ts': [],
  'packages/common/src/http/request-log.ts': ['fastify', '@cnop/exception/http/error-handler'],
  'packages/common/src/http/authentication.ts': ['../auth/session-state.ts', 'fastify'],
  'packages/common/src/aws/role.ts': ['@aws-sdk/client-dynamodb'],
  'packages/testing/src/app-under-test.ts': [
    '@cnop/common/database/lmdb/lmdb-store',
    '@cnop/order-service/app',
  ],
  'services/order-service/src/domain/fill.ts': [
    '@cnop/common/core/money',
    '@cnop/common/entities/order/order',
    '@cnop/exception/errors',
  ],
  'services/order-service/src/use-cases/place-order.ts': [
    '../domain/fill.ts',
    '@cnop/common/dao/order/order-dao',
    '@cnop/common/database/table-store',
  ],
  'services/order-service/src/routes/orders.ts': [
    '../use-cases/place-order.ts',
    '@cnop/common/entities/order/order',
    '@cnop/common/http/authentication',
    '@cnop/common/http/request-log',
    'fastify',
    'node:http',
  ],
  'services/order-service/src/app.ts': ['./routes/orders.ts', '@cnop/common/http/request-log', 'fastify'],
  'services/order-service/src/server.ts': [
    './app.ts',
    '@cnop/common/database/open-store',
    '@cnop/common/database/lmdb/lmdb-store',
  ],
  'services/order-service/test/anything.test.ts': [
    '@cnop/testing/app-under-test',
    '@cnop/user-service/app',
    '../src/server.ts',
    'lmdb',
  ],
  'services/user-service/src/app.ts': ['fastify'],
  // A folder with layers of its own.
  'services/user-service/src/portfolio/domain/value.ts': ['@cnop/common/core/money'],
  'services/user-service/src/portfolio/use-cases/read-portfolio.ts': [
    '../domain/value.ts',
    '@cnop/common/dao/order/order-dao',
  ],
  'services/user-service/src/portfolio/routes.ts': ['./use-cases/read-portfolio.ts', 'zod', 'fastify'],
  'services/user-service/src/dependencies.ts': ['@cnop/common/dao/order/order-dao'],
  'services/gateway/src/app.ts': ['fastify', '@cnop/common/http/request-log'],
  'apps/standalone/src/cli.ts': [
    '@cnop/common/database/open-store',
    '@cnop/gateway/app',
    '@cnop/order-service/server',
    '@cnop/user-service/app',
    'fastify',
  ],
  'apps/web/src/ui/amounts.ts': ['@cnop/common/core/money'],
  'apps/web/src/features/market/market.ts': ['../../ui/amounts.ts', '@cnop/common/entities/order/order'],
  'apps/web/src/features/orders/orders.ts': ['../../ui/amounts.ts'],
  'apps/web/src/app/page.ts': ['../features/market/market.ts', '../features/orders/orders.ts'],
  'bench/src/cli.ts': ['@cnop/common/database/lmdb/lmdb-store', 'fastify'],
};

/** Files with one forbidden import each, and every rule that must report it. */
export const FORBIDDEN: { rules: string[]; file: string; imports: string[] }[] = [
  // A cycle is reported once, at its first file.
  { rules: ['no-cycles'], file: 'packages/common/src/core/chicken.ts', imports: ['./egg.ts'] },
  { rules: [], file: 'packages/common/src/core/egg.ts', imports: ['./chicken.ts'] },
  { rules: ['no-broken-imports'], file: 'packages/common/src/http/broken.ts', imports: ['./nowhere.ts'] },
  {
    rules: ['sources-not-builds'],
    file: 'bench/src/stale.ts',
    imports: ['../../packages/common/dist/old.js'],
  },
  {
    rules: ['dependencies-point-down'],
    file: 'packages/common/src/http/up.ts',
    imports: ['@cnop/user-service/app'],
  },
  {
    rules: ['services-import-no-app'],
    file: 'services/user-service/src/use-cases/up.ts',
    imports: ['../../../../apps/standalone/src/cli.ts'],
  },
  {
    rules: ['testing-is-for-tests', 'fastify-stays-at-the-edge'],
    file: 'services/user-service/src/use-cases/fake.ts',
    imports: ['@cnop/testing/app-under-test', 'fastify'],
  },
  {
    rules: ['web-reaches-only-entities-and-core'],
    file: 'apps/web/src/reach.ts',
    imports: ['@cnop/common/database/tables'],
  },
  {
    rules: ['web-bundles-no-native-module', 'lmdb-stays-in-its-adapter'],
    file: 'apps/web/src/native.ts',
    imports: ['lmdb'],
  },
  {
    rules: ['web-features-are-independent'],
    file: 'apps/web/src/features/orders/borrow.ts',
    imports: ['../market/market.ts'],
  },
  {
    rules: ['web-layers-point-down'],
    file: 'apps/web/src/features/orders/up.ts',
    imports: ['../../app/page.ts'],
  },
  {
    rules: ['web-shared-imports-no-feature'],
    file: 'apps/web/src/ui/up.ts',
    imports: ['../features/market/market.ts'],
  },
  {
    rules: ['no-service-to-service'],
    file: 'services/order-service/src/use-cases/neighbour.ts',
    imports: ['@cnop/user-service/app'],
  },
  {
    rules: ['only-roots-import-a-server', 'app-comes-before-routes'],
    file: 'services/order-service/src/use-cases/listen.ts',
    imports: ['../server.ts'],
  },
  {
    rules: ['use-cases-import-no-http'],
    file: 'services/order-service/src/use-cases/http.ts',
    imports: ['@cnop/common/http/request-log'],
  },
  {
    rules: ['routes-call-use-cases'],
    file: 'services/order-service/src/routes/shortcut.ts',
    imports: ['@cnop/common/dao/order/order-dao'],
  },
  {
    rules: ['routes-call-use-cases'],
    file: 'services/order-service/src/routes/domain.ts',
    imports: ['../domain/fill.ts'],
  },
  {
    rules: ['routes-call-use-cases'],
    file: 'services/user-service/src/live/routes.ts',
    imports: ['../portfolio/domain/value.ts'],
  },
  {
    // A route gets a DAO from a file that belongs to no layer.
    rules: ['routes-call-use-cases'],
    file: 'services/user-service/src/routes/detour.ts',
    imports: ['../dependencies.ts'],
  },
  {
    // The shared code hands DAOs to routes.
    rules: ['http-reaches-no-dao'],
    file: 'packages/common/src/http/dao-dependencies.ts',
    imports: ['../dao/order/order-dao.ts'],
  },
  {
    rules: ['http-reaches-no-dao'],
    file: 'packages/common/src/http/indirect.ts',
    imports: ['../limits/counted-orders.ts'],
  },
  {
    rules: [],
    file: 'packages/common/src/limits/counted-orders.ts',
    imports: ['../dao/order/order-dao.ts'],
  },
  {
    rules: ['use-cases-import-no-http'],
    file: 'services/user-service/src/portfolio/use-cases/http.ts',
    imports: ['../routes.ts'],
  },
  {
    rules: ['domain-is-pure'],
    file: 'services/user-service/src/portfolio/domain/impure.ts',
    imports: ['../use-cases/read-portfolio.ts'],
  },
  {
    rules: ['domain-is-pure'],
    file: 'services/order-service/src/domain/impure.ts',
    imports: ['@cnop/common/dao/order/order-dao'],
  },
  {
    rules: ['domain-is-pure'],
    file: 'services/order-service/src/domain/random.ts',
    imports: ['node:crypto'],
  },
  {
    rules: ['domain-is-pure'],
    file: 'services/order-service/src/domain/status.ts',
    imports: ['@cnop/exception/http/error-handler'],
  },
  {
    rules: ['gateway-has-no-store'],
    file: 'services/gateway/src/peek.ts',
    imports: ['@cnop/common/database/table-store'],
  },
  { rules: ['exception-base-is-pure'], file: 'packages/exception/src/io.ts', imports: ['node:fs'] },
  {
    rules: ['exception-imports-no-sibling'],
    file: 'packages/exception/src/http/sibling.ts',
    imports: ['@cnop/common/core/money'],
  },
  {
    rules: ['core-and-entities-are-pure'],
    file: 'packages/common/src/entities/stored.ts',
    imports: ['../database/table-store.ts'],
  },
  {
    rules: ['trading-is-pure'],
    file: 'packages/common/src/trading/stored.ts',
    imports: ['../database/table-store.ts'],
  },
  {
    rules: ['dao-uses-the-port'],
    file: 'packages/common/src/dao/logging.ts',
    imports: ['../http/request-log.ts'],
  },
  {
    rules: ['database-imports-no-entity'],
    file: 'packages/common/src/database/typed.ts',
    imports: ['../entities/order/order.ts'],
  },
  {
    rules: ['config-is-read-first'],
    file: 'packages/common/src/config/eager.ts',
    imports: ['../process/logger.ts'],
  },
  {
    rules: ['adapters-only-in-composition-roots'],
    file: 'services/order-service/src/use-cases/store.ts',
    imports: ['@cnop/common/database/lmdb/lmdb-store'],
  },
  {
    rules: ['adapters-only-in-composition-roots'],
    file: 'packages/common/src/http/open.ts',
    imports: ['../database/open-store.ts'],
  },
  {
    rules: ['adapters-are-independent'],
    file: 'packages/common/src/database/dynamodb/borrow.ts',
    imports: ['../lmdb/lmdb-store.ts'],
  },
  {
    rules: ['aws-sdk-stays-in-its-folders'],
    file: 'services/user-service/src/use-cases/sdk.ts',
    imports: ['@aws-sdk/client-dynamodb'],
  },
  {
    rules: ['redis-stays-in-its-adapter'],
    file: 'packages/common/src/messaging/shortcut.ts',
    imports: ['ioredis'],
  },
  {
    rules: ['ccxt-stays-in-its-folder'],
    file: 'services/user-service/src/use-cases/exchange.ts',
    imports: ['ccxt'],
  },
  {
    rules: ['decimals-come-from-core'],
    file: 'services/user-service/src/use-cases/sum.ts',
    imports: ['@cnop/common/core/decimal'],
  },
];

/** Route files that open their dependencies instead of passing them on, and one that does not. */
export const ROUTES_WITH_DEPENDENCIES = {
  'services/user-service/src/routes/member.ts': 'export const read = () => deps.users.getUser();',
  'services/user-service/src/routes/destructured.ts': 'const { users } = deps;',
  'services/user-service/src/portfolio/routes.ts': 'export const read = () => deps.store.get();',
  'services/user-service/src/routes/passes-on.ts':
    'export const read = () => readUser(deps, { at: deps.clock.now() });',
};
