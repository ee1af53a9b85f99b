import type { Answer } from '@cnop/testing/system/raw-request';
import { BAD_VALUES, jsonOf } from './bad-values.ts';
import type { BodyRoute } from './hostile-routes.ts';

const BODY_LIMIT_BYTES = 64 * 1_024;
/** Fields that no body or query takes. */
export const UNKNOWN_FIELDS = [
  'role',
  'balance',
  'status',
  'username',
  'user_id',
  'is_admin',
  'hasOwnProperty',
];

/** The expected answer to a bad request. */
interface Expectation {
  readonly status: number;
  /** The fields that the answer must name. */
  readonly fields?: readonly string[];
  readonly code?: string;
}

/** A bad request and the expected answer. */
export interface Case extends Expectation {
  readonly name: string;
  readonly body: Uint8Array | string;
  readonly contentType?: string | undefined;
  readonly isChunked?: boolean;
}

interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Returns bodies with bad, unknown and missing fields of a route. */
export function fieldCases({ good, fields, required }: BodyRoute): Case[] {
  const oneBad = Object.entries(fields).flatMap(([field, kind]) =>
    BAD_VALUES[kind].map((value, i) => ({
      name: `${field}, bad value ${i}`,
      body: jsonOf({ ...good, [field]: value }),
      status: 422,
      fields: [field],
    })),
  );
  const worst = Object.entries(fields).map(([field, kind]): [string, unknown] => [
    field,
    BAD_VALUES[kind][0],
  ]);
  const known = new Set(Object.keys(fields));
  const unknown = UNKNOWN_FIELDS.filter((field) => !known.has(field));
  return [
    ...oneBad,
    ...unknown.map((field) => ({
      name: `unknown ${field}`,
      body: jsonOf({ ...good, [field]: 'x' }),
      status: 422,
      fields: [field],
    })),
    {
      name: 'every field bad',
      body: jsonOf({
        ...Object.fromEntries(worst),
        ...Object.fromEntries(unknown.map((field) => [field, 1])),
      }),
      status: 422,
      fields: [...known, ...unknown],
    },
    ...(required.length > 0
      ? [{ name: 'nothing given', body: '{}', status: 422, code: 'VAL_003', fields: required }]
      : []),
  ];
}

/** Returns bodies that every route must refuse, whatever its fields. */
export function bodyCases({ good }: BodyRoute): Case[] {
  const goodJson = jsonOf(good);
  const open = goodJson === '{}' ? '{' : `${goodJson.slice(0, -1)},`;
  const unreadable = (name: string, body: Uint8Array | string): Case => ({
    name,
    body,
    status: 400,
    code: 'VAL_002',
  });
  const tooLarge = JSON.stringify({ description: 'x'.repeat(BODY_LIMIT_BYTES) });
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    undefined,
  ];
  return [
    unreadable('cut off', goodJson.slice(0, -1)),
    unreadable('two values', `${goodJson}{}`),
    unreadable('trailing comma', `${open}"x":1,}`),
    unreadable('single quotes', "{'x':1}"),
    unreadable('not a number', '{"x":NaN}'),
    unreadable('leading zero', '{"x":01}'),
    unreadable('repeated key', `${open}"x":"1","x":"2"}`),
    unreadable('repeated key, one of them escaped', `${open}"x":1,"\\u0078":2}`),
    unreadable('__proto__', `${open}"__proto__":{"role":"admin"}}`),
    unreadable('__proto__, escaped', `${open}"\\u005f_proto__":{"role":"admin"}}`),
    unreadable('constructor', `${open}"constructor":{"prototype":{"role":"admin"}}}`),
    unreadable('nested deeply', `${open}"x":${'['.repeat(30)}${']'.repeat(30)}}`),
    unreadable('nested very deeply', `${'{"x":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
    unreadable('too many keys', `{${Array.from({ length: 201 }, (_, i) => `"k${i}":1`).join(',')}}`),
    unreadable(
      'broken UTF-8',
      Buffer.concat([Buffer.from(`${open}"x":"`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    ),
    unreadable('UTF-16', Buffer.from(goodJson, 'utf16le')),
    { name: 'an array', body: `[${goodJson}]`, status: 422 },
    { name: 'a text', body: '"x"', status: 422 },
    { name: 'a number', body: '1', status: 422 },
    { name: 'too large', body: tooLarge, status: 413, code: 'VAL_002' },
    { name: 'too large, in chunks', body: tooLarge, isChunked: true, status: 413, code: 'VAL_002' },
    ...types.map((contentType) => ({
      name: `as ${contentType}`,
      body: goodJson,
      contentType,
      status: 415,
      code: 'VAL_002',
    })),
  ];
}

/** Describes what is wrong with an answer; undefined when it is as expected. */
export function complaint(answer: Answer, { status, code, fields = [] }: Expectation): string | undefined {
  if (answer.status !== status)
    return `expected ${status}, got ${answer.status}: ${answer.text.slice(0, 200)}`;
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) return 'not a problem';
  const problem = answer.json<Problem>();
  if (code !== undefined && problem.code !== code) return `expected ${code}, got ${problem.code}`;
  const named = new Set(problem.errors?.map(({ field }) => field));
  const unnamed = fields.filter((field) => !named.has(field));
  if (unnamed.length > 0) return `does not name ${unnamed.join(', ')}: ${answer.text.slice(0, 300)}`;
  return /node_modules|\.ts:|\.js:|at Object/.test(answer.text)
    ? `shows internal details: ${answer.text}`
    : undefined;
}
