import type { FieldKind } from './bad-values.ts';

/** The user whose token a request carries. */
export type Caller = 'anonymous' | 'user' | 'admin';

/** A route that takes a body, with a valid body and the kind of each field. */
export interface BodyRoute {
  readonly method: string;
  /** The path with `:parameters`, as in the table of the gateway. */
  readonly route: string;
  readonly caller: Caller;
  readonly good: Readonly<Record<string, string | number | boolean | readonly object[]>>;
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** The required fields. */
  readonly required: readonly string[];
}

const PERSON: Record<string, FieldKind> = {
  email: 'email',
  first_name: 'name',
  last_name: 'name',
  phone: 'phone',
  date_of_birth: 'pastDate',
  marketing_emails_consent: 'boolean',
};
const CASH = {
  caller: 'user',
  good: { amount: '1.00' },
  fields: { amount: 'usd', currency: 'choice', description: 'description' },
  required: ['amount'],
} as const;
const TRANSFER = {
  caller: 'user',
  good: { to: 'hostile_admin', amount: '1.00' },
  fields: { to: 'username', amount: 'usd', description: 'description' },
  required: ['to', 'amount'],
} as const;
const UNIT_TRANSFER = {
  caller: 'user',
  good: { to: 'hostile_admin', asset_id: 'BTC', quantity: '0.001' },
  fields: { to: 'username', asset_id: 'assetId', quantity: 'quantity', description: 'description' },
  required: ['to', 'asset_id', 'quantity'],
} as const;
const CONVERSION = {
  caller: 'user',
  good: { from: 'USD', to: 'EUR', amount: '1.00' },
  fields: { from: 'choice', to: 'choice', amount: 'usd', fixes: 'choice', rate_bound: 'quantity' },
  required: ['from', 'to', 'amount'],
} as const;
const STAKE = {
  caller: 'user',
  good: { asset_id: 'BTC', quantity: '0.001' },
  fields: { asset_id: 'assetId', quantity: 'quantity' },
  required: ['asset_id', 'quantity'],
} as const;
const RECURRING = { amount: 'usd', every: 'choice', starts_at: 'pastDate', if_refused: 'choice' } as const;
const ASSET: Record<string, FieldKind> = {
  symbol: 'symbol',
  name: 'label',
  description: 'longText',
  category: 'choice',
  status: 'choice',
  circulating_supply: 'nonNegativeDecimal',
  market_cap: 'nonNegativeDecimal',
  market_cap_rank: 'wholeNumber',
  volume_24h: 'nonNegativeDecimal',
  website: 'address',
  whitepaper: 'address',
  image: 'address',
  quantity_scale: 'wholeNumber',
  price_scale: 'wholeNumber',
  max_house_exposure: 'nonNegativeDecimal',
};
const ORDER = {
  good: { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' },
  fields: {
    asset_id: 'assetId',
    order_type: 'choice',
    quantity: 'quantity',
    price: 'quantity',
    price_bound: 'quantity',
    stop_price: 'quantity',
    trail_amount: 'quantity',
    trail_percent: 'quantity',
    expires_at: 'pastDate',
    description: 'description',
  },
  required: ['asset_id', 'order_type', 'quantity'],
} as const;
const PROPOSAL = {
  good: { proposal_id: 'unknown' },
  fields: { proposal_id: 'id' },
  required: ['proposal_id'],
} as const;
const NOTHING = { good: {}, fields: {}, required: [] } as const;

/** Routes that accept any body, since signing out must not fail over one, or refuse all without a signature. */
export const ROUTES_WITH_ANY_BODY: readonly string[] = ['POST /auth/logout', 'POST /funding/events'];

export const BODY_ROUTES: readonly BodyRoute[] = [
  {
    method: 'POST',
    route: '/auth/register',
    caller: 'anonymous',
    good: {
      username: 'hostile_newcomer',
      email: 'hostile@example.com',
      password: 'Whole-System-Test-1',
      first_name: 'Ada',
      last_name: 'Lovelace',
    },
    fields: { username: 'username', password: 'newPassword', ...PERSON },
    required: ['username', 'email', 'password', 'first_name', 'last_name'],
  },
  {
    method: 'POST',
    route: '/auth/login',
    caller: 'anonymous',
    good: { username: 'hostile_user', password: 'Whole-System-Test-1' },
    fields: { username: 'username', password: 'typedPassword' },
    required: ['username', 'password'],
  },
  {
    method: 'POST',
    route: '/auth/refresh',
    caller: 'anonymous',
    good: { refresh_token: 'x' },
    fields: { refresh_token: 'refreshToken' },
    required: ['refresh_token'],
  },
  {
    method: 'POST',
    route: '/auth/password',
    caller: 'user',
    good: { current_password: 'Whole-System-Test-1', new_password: 'Whole-System-Test-2' },
    fields: { current_password: 'typedPassword', new_password: 'newPassword' },
    required: ['current_password', 'new_password'],
  },
  { method: 'DELETE', route: '/auth/sessions', caller: 'user', ...NOTHING },
  { method: 'DELETE', route: '/auth/sessions/:id', caller: 'user', ...NOTHING },
  {
    method: 'PUT',
    route: '/auth/profile',
    caller: 'user',
    good: {},
    fields: { ...PERSON, current_password: 'typedPassword' },
    required: [],
  },
  { method: 'POST', route: '/balance/deposit', ...CASH },
  { method: 'POST', route: '/balance/withdraw', ...CASH },
  { method: 'POST', route: '/conversions', ...CONVERSION },
  { method: 'POST', route: '/conversions/preview', ...CONVERSION },
  { method: 'POST', route: '/transfers', ...TRANSFER },
  { method: 'POST', route: '/transfers/preview', ...TRANSFER },
  { method: 'POST', route: '/transfers/units', ...UNIT_TRANSFER },
  { method: 'POST', route: '/transfers/units/preview', ...UNIT_TRANSFER },
  { method: 'POST', route: '/staking/stake', ...STAKE },
  { method: 'POST', route: '/staking/stake/preview', ...STAKE },
  { method: 'POST', route: '/staking/unstake', ...STAKE },
  { method: 'POST', route: '/staking/unstake/preview', ...STAKE },
  {
    method: 'PUT',
    route: '/admin/staking/:asset_id',
    caller: 'admin',
    good: { rate_percent: '1', cooldown_days: 1 },
    fields: { rate_percent: 'nonNegativeDecimal', cooldown_days: 'wholeNumber' },
    required: ['rate_percent'],
  },
  {
    method: 'PUT',
    route: '/tax/:year/method',
    caller: 'user',
    good: { method: 'average' },
    fields: { method: 'choice' },
    required: ['method'],
  },
  {
    method: 'PUT',
    route: '/portfolio/target-allocation',
    caller: 'user',
    good: { cash: '40', assets: [{ asset_id: 'BTC', percentage: '60' }] },
    fields: { cash: 'nonNegativeDecimal', assets: 'targets' },
    required: ['cash', 'assets'],
  },
  { method: 'DELETE', route: '/portfolio/target-allocation', caller: 'user', ...NOTHING },
  {
    method: 'PATCH',
    route: '/admin/users/:username',
    caller: 'admin',
    good: { role: 'moderator' },
    fields: { role: 'choice', status: 'choice' },
    required: [],
  },
  {
    method: 'POST',
    route: '/admin/users/:username/adjustments',
    caller: 'admin',
    good: { amount: '1.00', description: 'a correction' },
    fields: { amount: 'signedUsd', description: 'requiredDescription' },
    required: ['amount', 'description'],
  },
  {
    method: 'PUT',
    route: '/admin/users/:username/transfer-freeze',
    caller: 'admin',
    good: { frozen: false, reason: 'a mistake' },
    fields: { frozen: 'boolean', reason: 'requiredDescription' },
    required: ['frozen', 'reason'],
  },
  { method: 'POST', route: '/funding/payments/:id/cancel', caller: 'user', ...NOTHING },
  {
    method: 'PUT',
    route: '/admin/users/:username/tier',
    caller: 'admin',
    good: { tier: 'verified', reason: 'papers' },
    fields: { tier: 'choice', reason: 'requiredDescription' },
    required: ['tier', 'reason'],
  },
  { method: 'POST', route: '/admin/funding/payments/:username/:id/approve', caller: 'admin', ...NOTHING },
  {
    method: 'POST',
    route: '/admin/funding/payments/:username/:id/reject',
    caller: 'admin',
    good: { reason: 'a stolen card' },
    fields: { reason: 'requiredDescription' },
    required: ['reason'],
  },
  {
    method: 'POST',
    route: '/admin/airdrops',
    caller: 'admin',
    good: { asset_id: 'BTC', group: 'active_users', quantity: '0.001', reason: 'a gift' },
    fields: { asset_id: 'assetId', group: 'choice', quantity: 'quantity', reason: 'requiredDescription' },
    required: ['asset_id', 'reason'],
  },
  {
    method: 'POST',
    route: '/admin/airdrops/preview',
    caller: 'admin',
    good: { asset_id: 'BTC', group: 'active_users', quantity: '0.001' },
    fields: { asset_id: 'assetId', group: 'choice', quantity: 'quantity' },
    required: ['asset_id'],
  },
  ...(['approve', 'reject', 'pause', 'resume', 'cancel'] as const).map(
    (step): BodyRoute => ({
      method: 'POST',
      route: `/admin/airdrops/:id/${step}`,
      caller: 'admin',
      ...NOTHING,
    }),
  ),
  { method: 'POST', route: '/orders', caller: 'user', ...ORDER },
  { method: 'POST', route: '/orders/preview', caller: 'user', ...ORDER },
  { method: 'POST', route: '/orders/:id/cancel', caller: 'user', ...NOTHING },
  { method: 'DELETE', route: '/orders/:id', caller: 'user', ...NOTHING },
  {
    method: 'POST',
    route: '/recurring-buys',
    caller: 'user',
    good: {
      asset_id: 'BTC',
      amount: '1.00',
      every: 'week',
      starts_at: new Date(Date.now() + 86_400_000).toISOString(),
    },
    fields: { ...RECURRING, asset_id: 'assetId' },
    required: ['asset_id', 'amount', 'every'],
  },
  {
    method: 'PATCH',
    route: '/recurring-buys/:id',
    caller: 'user',
    good: { amount: '1.00' },
    fields: { ...RECURRING, status: 'choice' },
    required: [],
  },
  { method: 'DELETE', route: '/recurring-buys/:id', caller: 'user', ...NOTHING },
  {
    method: 'POST',
    route: '/admin/orders/:id/refund/preview',
    caller: 'admin',
    good: {},
    fields: { quantity: 'quantity' },
    required: [],
  },
  {
    method: 'POST',
    route: '/admin/orders/:id/refund',
    caller: 'admin',
    good: { reason: 'a wrong price' },
    fields: { quantity: 'quantity', reason: 'requiredDescription' },
    required: ['reason'],
  },
  { method: 'POST', route: '/admin/orders/:id/refund/approve', caller: 'admin', ...PROPOSAL },
  { method: 'POST', route: '/admin/orders/:id/refund/reject', caller: 'admin', ...PROPOSAL },
  {
    method: 'POST',
    route: '/inventory/assets',
    caller: 'admin',
    good: { asset_id: 'HOSTILE', symbol: 'HOSTILE', name: 'Hostile', current_price: '1.00' },
    fields: { asset_id: 'assetId', current_price: 'quantity', ...ASSET },
    required: ['asset_id', 'symbol', 'name', 'current_price'],
  },
  {
    method: 'PUT',
    route: '/inventory/assets/:asset_id',
    caller: 'admin',
    good: { name: 'Hostile' },
    fields: ASSET,
    required: [],
  },
  { method: 'POST', route: '/inventory/assets/:asset_id/activate', caller: 'admin', ...NOTHING },
  { method: 'POST', route: '/inventory/assets/:asset_id/deactivate', caller: 'admin', ...NOTHING },
  {
    method: 'POST',
    route: '/inventory/assets/:asset_id/price-proposals/:id/approve',
    caller: 'admin',
    ...NOTHING,
  },
  {
    method: 'POST',
    route: '/inventory/assets/:asset_id/price-proposals/:id/reject',
    caller: 'admin',
    ...NOTHING,
  },
  {
    method: 'PUT',
    route: '/inventory/assets/:asset_id/price',
    caller: 'admin',
    good: { price: '1.00' },
    fields: { price: 'quantity' },
    required: ['price'],
  },
];

/** Values that a query parameter must refuse. */
const BAD_PAGES: Record<string, readonly string[]> = {
  limit: ['0', '101', '-1', '1e1', '1.5', 'ten', '', '%00', '9'.repeat(40)],
  offset: ['-1', '1001', '1e1', 'ten', ''],
  cursor: [''],
};
const BAD_SEQS = ['-1', '1.5', '1e3', 'x', '', '%00', '9007199254740992', '9'.repeat(40)];
const BAD_CHOICES = ['anything', '', 'constructor', '__proto__'];
const BAD_MOMENTS = ['yesterday', '2026-02-30', '2026-01-01T00:00:00', '1700000000', ''];

const BAD_LEDGER_FILTERS = {
  transaction_type: BAD_CHOICES,
  start_date: BAD_MOMENTS,
  end_date: BAD_MOMENTS,
} as const;

/** A route that takes a query, with bad values of each parameter. */
export interface QueryRoute {
  readonly route: string;
  readonly caller: Caller;
  readonly query: Readonly<Record<string, readonly string[]>>;
}

export const QUERY_ROUTES: readonly QueryRoute[] = [
  { route: '/admin/airdrops', caller: 'admin', query: BAD_PAGES },
  { route: '/balance/transactions', caller: 'user', query: { ...BAD_PAGES, ...BAD_LEDGER_FILTERS } },
  { route: '/balance/transactions/export', caller: 'user', query: { limit: ['1'], ...BAD_LEDGER_FILTERS } },
  {
    route: '/portfolio/history',
    caller: 'user',
    query: { limit: ['1'], range: ['2d', '1D', ...BAD_CHOICES] },
  },
  {
    route: '/portfolio/performance',
    caller: 'user',
    query: {
      limit: ['1'],
      range: ['2d', '1D', ...BAD_CHOICES],
      from: BAD_MOMENTS,
      to: BAD_MOMENTS,
      benchmark: ['ABCDEFGHIJK', 'B!', ''],
      include: BAD_CHOICES,
    },
  },
  {
    route: '/tax/:year',
    caller: 'user',
    query: { ...BAD_PAGES, asset_id: ['ABCDEFGHIJK', 'B!', ''], offset: ['1'] },
  },
  {
    route: '/tax/:year/export',
    caller: 'user',
    query: { limit: ['1'], asset_id: ['ABCDEFGHIJK', 'B!', ''], bom: BAD_CHOICES },
  },
  { route: '/portfolio', caller: 'user', query: { limit: ['1'], as_of: BAD_MOMENTS } },
  { route: '/statements/:month', caller: 'user', query: { ...BAD_PAGES, offset: ['1'] } },
  { route: '/statements/:month/export', caller: 'user', query: { limit: ['1'], bom: BAD_CHOICES } },
  { route: '/tax/lots', caller: 'user', query: { ...BAD_PAGES, offset: ['1'] } },
  { route: '/funding/payments', caller: 'user', query: { ...BAD_PAGES, status: BAD_CHOICES } },
  { route: '/admin/funding/payments', caller: 'admin', query: { ...BAD_PAGES, waits_for: BAD_CHOICES } },
  { route: '/assets/:asset_id/transactions', caller: 'user', query: BAD_PAGES },
  {
    route: '/events',
    caller: 'user',
    query: { after: BAD_SEQS, limit: ['0', '501', '-1', '1e1', '1.5', 'ten', '', '%00', '9'.repeat(40)] },
  },
  {
    route: '/stream',
    caller: 'user',
    query: { after: BAD_SEQS, prices: ['', ',', 'BTC,', 'B!', 'ABCDEFGHIJK', 'BTC%00', 'x'.repeat(1_500)] },
  },
  {
    route: '/orders',
    caller: 'user',
    query: {
      ...BAD_PAGES,
      asset_id: ['ABCDEFGHIJK', 'B!', ''],
      order_type: BAD_CHOICES,
      status: [...BAD_CHOICES, 'queued,anything', 'queued,'],
      side: BAD_CHOICES,
      client_order_id: ['a%20b', '', 'x'.repeat(65)],
      start_date: BAD_MOMENTS,
      end_date: BAD_MOMENTS,
      updated_after: BAD_MOMENTS,
    },
  },
  {
    route: '/admin/users/:username/orders',
    caller: 'admin',
    query: { ...BAD_PAGES, status: BAD_CHOICES, side: BAD_CHOICES, start_date: BAD_MOMENTS },
  },
  {
    route: '/orders/export',
    caller: 'user',
    query: { limit: ['1'], bom: ['2', 'true', ''], status: BAD_CHOICES, start_date: BAD_MOMENTS },
  },
  {
    route: '/trades',
    caller: 'user',
    query: { limit: BAD_PAGES['limit'] ?? [], cursor: [''], start_date: BAD_MOMENTS, end_date: BAD_MOMENTS },
  },
  { route: '/trades/export', caller: 'user', query: { limit: ['1'], bom: ['2', ''], end_date: BAD_MOMENTS } },
  {
    route: '/admin/users',
    caller: 'admin',
    query: { ...BAD_PAGES, search: ['a%20b', '*', 'x'.repeat(51), '%00'] },
  },
  {
    route: '/admin/audit-events',
    caller: 'admin',
    query: {
      limit: BAD_PAGES['limit'] ?? [],
      cursor: [''],
      username: ['a', '_a_', 'a%20b', ''],
      day: ['yesterday', '2026-02-30', ''],
    },
  },
  {
    route: '/inventory/assets',
    caller: 'anonymous',
    query: {
      limit: ['0', '251', '-1', '1e1', ''],
      cursor: [''],
      active_only: ['1', 'yes', 'TRUE', ''],
      category: BAD_CHOICES,
      search: ['x'.repeat(101), '%00', 'a%0Ab'],
      sort_by: ['password_hash', ...BAD_CHOICES],
      sort_order: ['up', ...BAD_CHOICES],
    },
  },
];

/** Values that a path parameter must refuse, in the form of a URL. */
export const BAD_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  asset_id: ['ABCDEFGHIJKLM', 'B!', 'B%20C', '%2e%2e', '%C3%84', '%00', 'BTC;x', 'BTC%2F..'],
  id: ['a@b', 'a%20b', '%2e%2e%2f', 'x'.repeat(101), '%00', "'--", '%C3%84'],
  username: ['a%20b', 'x'.repeat(51), '%00', 'a@b', '%2e%2e%2fadmin'],
  month: ['2026-13', '2026-1', '2026-00', '2026', '0026-01', '%00', '2026-01-01'],
  year: ['202', '20266', '0026', '2o26', '2026-01', '%00', '2026%20'],
};
