import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { startStandaloneServer } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { renewAccessToken } from '../../../src/session/access-token.ts';
import type { ApiDocument, Call } from './find-drift.ts';
import { findDrift } from './find-drift.ts';
import type { JsonSchema } from './json-schema.ts';

type Module = Readonly<Record<string, unknown>>;
/** All but `http/`, with which calls are made. */
const MODULES = import.meta.glob<Module>(['../../../src/api/**/*.ts', '!../../../src/api/http/**'], {
  eager: true,
});
const FOLDER = '../../../src/api/';

const CREDENTIALS = { username: 'ada_lovelace', password: 'Analytical-Engine-1843' };
const CASH = { amount: '10.00', description: 'Pay', idempotencyKey: 'key-1' };
const LEDGER = { type: 'deposit', start: '2026-01-31T00:00:00.000Z', end: '2026-02-28T00:00:00.000Z' };
const LIMIT_ORDER = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '1.5', price: '100.00' };
const ASSET = {
  asset_id: 'NEW',
  symbol: 'NEW',
  name: 'New Coin',
  current_price: '1.50',
  description: null,
  category: 'token',
  status: 'active',
  circulating_supply: '21000000',
  market_cap: null,
  market_cap_rank: null,
  volume_24h: null,
  website: null,
  whitepaper: null,
  image: null,
  quantity_scale: 6,
  price_scale: 2,
  spread_bps: 10,
  fee_bps: 10,
  daily_volatility_bps: 100,
};

/** Every call of the client with arguments that use all that it can say. */
const CALLS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'account/balance.ts balanceQuery': [[]],
  'account/deposit.ts depositCash': [[CASH]],
  'account/holdings.ts holdingQuery': [['BTC']],
  'account/ledger-export.ts exportLedger': [[LEDGER], [{}]],
  'account/ledger.ts ledgerQuery': [[LEDGER], [{}]],
  'account/portfolio-history.ts portfolioHistoryQuery': ['1d', '1w', '1m', '3m', '1y', 'all'].map((range) => [
    range,
  ]),
  'account/portfolio.ts portfolioQuery': [[]],
  'account/profile.ts profileQuery': [[]],
  'account/update-profile.ts updateProfile': [
    [
      {
        first_name: 'Ada',
        last_name: 'King',
        email: 'ada@example.com',
        phone: null,
        date_of_birth: '1915-12-10',
        marketing_emails_consent: true,
        current_password: CREDENTIALS.password,
      },
    ],
  ],
  'account/withdraw.ts withdrawCash': [[CASH]],
  'admin/adjust-balance.ts adjustBalance': [['ada', { amount: '-5.00', description: 'Mistake' }, 'key-1']],
  'admin/audit-events.ts auditEventsQuery': [[{ day: '2026-01-31' }], [{ username: 'ada_lovelace' }]],
  'admin/change-access.ts changeAccess': [
    ['ada', { role: 'moderator' }],
    ['ada', { status: 'suspended' }],
  ],
  'admin/create-asset.ts createAsset': [[ASSET]],
  'admin/price-proposals.ts approvePriceProposal': [['BTC', '0190b7a0']],
  'admin/price-proposals.ts priceProposalsQuery': [[]],
  'admin/price-proposals.ts rejectPriceProposal': [['BTC', '0190b7a0']],
  'admin/set-asset-price.ts setAssetPrice': [
    ['BTC', { price: '1.50' }],
    ['BTC', { price: '1.50', force: true }],
  ],
  'admin/switch-trading.ts switchTrading': [
    ['BTC', 'activate'],
    ['BTC', 'deactivate'],
  ],
  'admin/update-asset.ts updateAsset': [['BTC', { name: 'Bit Coin', fee_bps: 5 }]],
  'admin/user.ts userQuery': [['ada']],
  'admin/users.ts usersQuery': [['ad'], ['']],
  'app-info.ts appInfoQuery': [[]],
  'auth/change-password.ts changePassword': [
    [{ current_password: CREDENTIALS.password, new_password: 'Difference-Engine-1822' }],
  ],
  'auth/end-sessions.ts endOtherSessions': [[]],
  'auth/end-sessions.ts endSession': [['0190b7a0-5c3e-7c5e-8f3e-2f8c5d1a4b6c']],
  'auth/log-in.ts logIn': [[CREDENTIALS]],
  'auth/log-out.ts logOut': [[]],
  'auth/register.ts register': [
    [{ ...CREDENTIALS, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' }],
  ],
  'auth/sessions.ts sessionsQuery': [[]],
  'market/assets.ts assetsQuery': [[]],
  'market/candles.ts candlesQuery': ['1m', '5m', '15m', '1h', '1d'].map((interval) => [
    { assetId: 'BTC', interval, limit: 500 },
  ]),
  'market/market-overview.ts marketOverviewQuery': [[]],
  'orders/cancel-order.ts cancelOrder': [['0190b7a0']],
  'orders/order-explanation.ts orderExplanationQuery': [['0190b7a0']],
  'orders/orders.ts openOrdersQuery': [[], ['BTC']],
  'orders/orders.ts orderQuery': [['0190b7a0']],
  'orders/orders.ts readOrder': [['0190b7a0']],
  'orders/orders.ts ordersQuery': [[{ asset: 'BTC', type: 'trailing_stop', status: 'completed' }], [{}]],
  'orders/place-order.ts placeOrder': [
    [{ ...LIMIT_ORDER, client_order_id: 'order-1', expires_at: '2026-12-31T00:00:00.000Z' }],
    [
      {
        asset_id: 'BTC',
        order_type: 'trailing_stop',
        quantity: '1',
        trail_percent: '5',
        client_order_id: 'order-2',
      },
    ],
    [
      {
        asset_id: 'BTC',
        order_type: 'stop_loss',
        quantity: '1',
        stop_price: '5',
        client_order_id: 'order-3',
      },
    ],
  ],
  'orders/preview-order.ts previewQuery': [['typed', LIMIT_ORDER]],
  'orders/trades.ts tradesQuery': [['BTC']],
};

/** What the folder exports besides calls. */
const NO_CALLS = [
  'account/ledger.ts ledgerFilterQuery',
  'admin/asset-answer.ts assetPath',
  // `/health` is for probes and not a part of the API, so the document does not describe it.
  'admin/health.ts healthQuery',
  'admin/user.ts userKey',
  'admin/user.ts userPath',
  'app-info.ts useFreeDeposits',
  'orders/pending-orders.ts addPending',
  'orders/pending-orders.ts isPlacedHere',
  'orders/pending-orders.ts settlePending',
  'orders/pending-orders.ts usePendingOrders',
  'page.ts pageSchema',
];

/** A query is called as the cache would call it, on the second page where there are pages. */
function callOf(name: string, args: readonly unknown[]): Call {
  const [file = '', exported = ''] = name.split(' ');
  const made = MODULES[FOLDER + file]?.[exported] as (...given: readonly unknown[]) => unknown;
  return async () => {
    const result = made(...args) as { queryFn?: (context: unknown) => Promise<unknown> } | Promise<unknown>;
    if (!('queryFn' in result)) return result;
    return result.queryFn?.({ signal: new AbortController().signal, pageParam: 'cursor' });
  };
}

const cleanup = createCleanup();
let document: ApiDocument;

beforeAll(async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-drift-'));
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startStandaloneServer({ dataDir });
  cleanup.defer(() => server.process.stop());
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
});

afterAll(() => cleanup.run());

describe('the client and the document of the API that is served', () => {
  it('agree about every call that the client has', () => {
    const exported = Object.entries(MODULES).flatMap(([file, module]) =>
      Object.entries(module)
        .filter(([, value]) => typeof value === 'function')
        .map(([name]) => `${file.slice(FOLDER.length)} ${name}`),
    );
    expect(exported.toSorted()).toEqual([...Object.keys(CALLS), ...NO_CALLS].toSorted());
  });

  it.each(Object.entries(CALLS))('agree about %s', async (name, calls) => {
    for (const args of calls) expect(await findDrift(callOf(name, args), document)).toEqual([]);
  });

  it('agree about the renewal of a session', async () => {
    // Without locks, as in an insecure context, a tab does not wait for its turn.
    vi.stubGlobal('navigator', {});
    const renewal: Call = async () => {
      if (!(await renewAccessToken())) throw new Error('not renewed');
    };
    expect(await findDrift(renewal, document)).toEqual([]);
  });

  it('agree that there is a stream', () => {
    const parameters = document.paths['/api/v1/stream']?.['get']?.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toContain('prices');
  });
});

/** A part of the document that can be changed. */
interface Loose {
  [name: string]: Loose;
}

const DRIFTS: Record<string, { readonly plant: (paths: Loose) => void; readonly call: string }> = {
  'a route that is gone': {
    plant: (paths) => {
      delete paths['/api/v1/balance'];
    },
    call: 'account/balance.ts balanceQuery',
  },
  'a method that is another': {
    plant: (paths) => {
      paths['/api/v1/auth/profile'] = { patch: paths['/api/v1/auth/profile']?.['put'] } as unknown as Loose;
    },
    call: 'account/update-profile.ts updateProfile',
  },
  'a query parameter with another name': {
    plant: (paths) => {
      const operation = paths['/api/v1/orders']?.['get'] as unknown as { parameters: { name: string }[] };
      for (const parameter of operation.parameters)
        if (parameter.name === 'asset_id') parameter.name = 'asset';
    },
    call: 'orders/orders.ts ordersQuery',
  },
  'a field that a request has to have': {
    plant: (paths) => {
      (bodyOf(paths, '/api/v1/balance/deposit') as { required: string[] }).required.push('currency');
    },
    call: 'account/deposit.ts depositCash',
  },
  'a field that a request may not have any more': {
    plant: (paths) => {
      delete (bodyOf(paths, '/api/v1/balance/deposit').properties as Record<string, unknown>)['description'];
    },
    call: 'account/deposit.ts depositCash',
  },
  'an answer without a field that the client needs': {
    plant: (paths) => {
      const answer = answerOf(paths, '/api/v1/balance', 'get');
      delete (answer.properties as Record<string, unknown>)['available_balance'];
    },
    call: 'account/balance.ts balanceQuery',
  },
  'an answer whose field may be missing': {
    plant: (paths) => {
      const answer = answerOf(paths, '/api/v1/balance', 'get') as { required: string[] };
      answer.required = answer.required.filter((name) => name !== 'available_balance');
    },
    call: 'account/balance.ts balanceQuery',
  },
  'an answer whose field has another type': {
    plant: (paths) => {
      (answerOf(paths, '/api/v1/balance', 'get').properties as Record<string, JsonSchema>)[
        'current_balance'
      ] = { type: 'number' };
    },
    call: 'account/balance.ts balanceQuery',
  },
  'an answer whose field may be null': {
    plant: (paths) => {
      const properties = answerOf(paths, '/api/v1/balance', 'get').properties as Record<string, JsonSchema>;
      properties['held_balance'] = { anyOf: [properties['held_balance'] ?? {}, { type: 'null' }] };
    },
    call: 'account/balance.ts balanceQuery',
  },
  'an answer with a state that the client does not know': {
    plant: (paths) => {
      const { properties } = answerOf(paths, '/api/v1/orders/{id}', 'get').properties?.['data'] ?? {};
      const { enum: states = [] } = properties?.['status'] ?? {};
      (states as string[]).push('partially_filled');
    },
    call: 'orders/orders.ts orderQuery',
  },
};

function bodyOf(paths: Loose, route: string): JsonSchema {
  const operation = paths[route]?.['post'] as unknown as {
    requestBody: { content: Record<string, { schema: JsonSchema }> };
  };
  return operation.requestBody.content['application/json']?.schema ?? {};
}

function answerOf(paths: Loose, route: string, method: string): JsonSchema {
  const operation = paths[route]?.[method] as unknown as {
    responses: Record<string, { content: Record<string, { schema: JsonSchema }> }>;
  };
  return operation.responses['200']?.content['application/json']?.schema ?? {};
}

describe('a drift', () => {
  it.each(Object.entries(DRIFTS))('is found: %s', async (_name, { plant, call }) => {
    const drifted = structuredClone(document);
    plant(drifted.paths as unknown as Loose);
    const [args = []] = CALLS[call] ?? [];
    expect(await findDrift(callOf(call, args), document)).toEqual([]);
    expect(await findDrift(callOf(call, args), drifted)).not.toEqual([]);
  });
});
