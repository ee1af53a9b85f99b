import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { startStandaloneServer } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { renewAccessToken } from '../../../src/session/access-token.ts';
import { CALLS, NO_CALLS } from './calls.ts';
import type { ApiDocument, Call } from './find-drift.ts';
import { findDrift } from './find-drift.ts';
import type { JsonSchema } from './json-schema.ts';

type Module = Readonly<Record<string, unknown>>;
/** All modules but `http/`, which makes the calls. */
const MODULES = import.meta.glob<Module>(['../../../src/api/**/*.ts', '!../../../src/api/http/**'], {
  eager: true,
});
const FOLDER = '../../../src/api/';

/** Calls a query as the cache does, on the second page if there are pages. */
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

describe('the client and the served API document', () => {
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

  it('agree about renewing a session', async () => {
    // Without locks, as in an insecure context, tabs do not take turns.
    vi.stubGlobal('navigator', {});
    const renewal: Call = async () => {
      if (!(await renewAccessToken())) throw new Error('not renewed');
    };
    expect(await findDrift(renewal, document)).toEqual([]);
  });

  it('agree about the stream', () => {
    const parameters = document.paths['/api/v1/stream']?.['get']?.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toContain('prices');
  });
});

/** A mutable part of the document. */
interface Loose {
  [name: string]: Loose;
}

const DRIFTS: Record<string, { readonly plant: (paths: Loose) => void; readonly call: string }> = {
  'a route that is gone': {
    plant: (paths) => {
      delete paths['/api/v1/balance'];
    },
    call: 'account/cash.ts balanceQuery',
  },
  'a method that is another': {
    plant: (paths) => {
      paths['/api/v1/auth/profile'] = { patch: paths['/api/v1/auth/profile']?.['put'] } as unknown as Loose;
    },
    call: 'account/profile.ts updateProfile',
  },
  'a query parameter with another name': {
    plant: (paths) => {
      const operation = paths['/api/v1/orders']?.['get'] as unknown as { parameters: { name: string }[] };
      for (const parameter of operation.parameters)
        if (parameter.name === 'asset_id') parameter.name = 'asset';
    },
    call: 'orders/orders.ts orderHistoryQuery',
  },
  'a field that a request has to have': {
    plant: (paths) => {
      (bodyOf(paths, '/api/v1/balance/deposit') as { required: string[] }).required.push('currency');
    },
    call: 'account/cash.ts depositCash',
  },
  'a field that a request may not have any more': {
    plant: (paths) => {
      delete (bodyOf(paths, '/api/v1/balance/deposit').properties as Record<string, unknown>)['description'];
    },
    call: 'account/cash.ts depositCash',
  },
  'an answer without a field that the client needs': {
    plant: (paths) => {
      const answer = answerOf(paths, '/api/v1/balance', 'get');
      delete (answer.properties as Record<string, unknown>)['available_balance'];
    },
    call: 'account/cash.ts balanceQuery',
  },
  'an answer whose field may be missing': {
    plant: (paths) => {
      const answer = answerOf(paths, '/api/v1/balance', 'get') as { required: string[] };
      answer.required = answer.required.filter((name) => name !== 'available_balance');
    },
    call: 'account/cash.ts balanceQuery',
  },
  'an answer whose field has another type': {
    plant: (paths) => {
      (answerOf(paths, '/api/v1/balance', 'get').properties as Record<string, JsonSchema>)[
        'current_balance'
      ] = { type: 'number' };
    },
    call: 'account/cash.ts balanceQuery',
  },
  'an answer whose field may be null': {
    plant: (paths) => {
      const properties = answerOf(paths, '/api/v1/balance', 'get').properties as Record<string, JsonSchema>;
      properties['held_balance'] = { anyOf: [properties['held_balance'] ?? {}, { type: 'null' }] };
    },
    call: 'account/cash.ts balanceQuery',
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
