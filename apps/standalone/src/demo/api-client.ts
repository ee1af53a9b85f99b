import { z } from 'zod';

const API_PREFIX = '/api/v1';
const REQUEST_TIMEOUT_MILLISECONDS = 15_000;

export interface ApiCall<T> {
  readonly method: 'GET' | 'POST';
  /** The path after `/api/v1`. */
  readonly path: string;
  readonly body?: object;
  /** Makes a repeated command take effect once. */
  readonly idempotencyKey?: string;
  readonly answer: z.ZodType<T>;
}

export interface ApiClient {
  /** @throws DemoFailure when the server refuses or does not answer */
  call<T>(call: ApiCall<T>): Promise<T>;
  /** Sends the access token with every later call. */
  signIn(accessToken: string): void;
}

/**
 * Creates a client of the platform over HTTP.
 * @param onAnswer called for every answer, refusals included
 */
export function createApiClient(
  baseUrl: string,
  onAnswer: (method: string, path: string, status: number) => void,
): ApiClient {
  let authorization: string | undefined;
  return {
    signIn(accessToken) {
      authorization = `Bearer ${accessToken}`;
    },
    async call({ method, path, body, idempotencyKey, answer }) {
      const response = await send(new URL(API_PREFIX + path, baseUrl), {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(authorization !== undefined && { authorization }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      onAnswer(method, API_PREFIX + path, response.status);
      const content = await response.json().catch(() => undefined);
      if (!response.ok) throw new DemoFailure(refusalText(response.status, content));
      const parsed = answer.safeParse(content);
      if (parsed.success) return parsed.data;
      throw new DemoFailure(`The answer has another form than expected:\n${z.prettifyError(parsed.error)}`);
    },
  };
}

async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS) });
  } catch (cause) {
    throw new DemoFailure(`No server answers at ${url.origin}: start one with npm start.`, { cause });
  }
}

/** The demo cannot go on. The message says why, for the user of the terminal. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const problemSchema = z.object({
  title: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** Describes a refusal of the server: title, reason and fields. */
function refusalText(status: number, body: unknown): string {
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return `The server answered ${status}, and not in the form that this demo knows.`;
  const { title, detail, code, errors } = problem.data;
  const fields = errors.map(({ field, message }) => `  ${field}: ${message}`);
  return [`${title} (${status}${code === undefined ? '' : ` ${code}`})`, detail, ...fields].join('\n');
}

// The fields of answers that the demo reads. More fields do not break it.

export const messageAnswer = z.object({ message: z.string() });
export const loginAnswer = z.object({ access_token: z.string() });
export const receiptAnswer = z.object({ new_balance: z.string() });

export const catalogueAnswer = z.object({
  data: z.array(
    z.object({
      asset_id: z.string(),
      name: z.string(),
      current_price: z.string(),
      quantity_scale: z.int(),
      availability_status: z.string(),
      category: z.string(),
    }),
  ),
  active_count: z.int(),
});

export const orderAnswer = z.object({
  data: z.object({
    order_id: z.string(),
    asset_id: z.string(),
    status: z.string(),
    quantity: z.string(),
    price: z.string(),
    total_amount: z.string(),
  }),
});
export type PlacedOrder = z.infer<typeof orderAnswer>['data'];

export const portfolioAnswer = z.object({
  usd_balance: z.string(),
  total_asset_value: z.string(),
  total_portfolio_value: z.string(),
  assets: z.array(
    z.object({
      asset_id: z.string(),
      quantity: z.string(),
      current_price: z.string(),
      market_value: z.string(),
      unrealized_pnl: z.string(),
    }),
  ),
});
export type Portfolio = z.infer<typeof portfolioAnswer>;

export const ledgerAnswer = z.object({
  transactions: z.array(
    z.object({
      sequence: z.int(),
      transaction_type: z.string(),
      direction: z.enum(['debit', 'credit']),
      amount: z.string(),
      new_balance: z.string(),
      description: z.string().nullable(),
    }),
  ),
});
export type Ledger = z.infer<typeof ledgerAnswer>;
